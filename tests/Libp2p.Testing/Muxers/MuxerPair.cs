namespace Libp2p.Testing.Muxers;

/// <summary>Two muxers that are each other's other side, over a pair of links in memory.</summary>
public sealed class MuxerPair : IAsyncDisposable
{
    private static readonly Identity DialerIdentity = Identity.Generate();
    private static readonly Identity ListenerIdentity = Identity.Generate();

    /// <summary>Attaches both.</summary>
    /// <param name="dialer">The dialling side's protocol.</param>
    /// <param name="listener">The other side's; null for the same.</param>
    /// <param name="pauseThreshold">Unread bytes at which a link's flush waits.</param>
    public MuxerPair(IMuxerProtocol dialer, IMuxerProtocol? listener = null, int pauseThreshold = 1024 * 1024)
    {
        Links = new LinkPair(Pool, pauseThreshold);
        Dialer = dialer.Attach(new PlainSecureLink(Links.Dialer, ListenerIdentity.PublicKey), Role.Dialer);
        Listener = (listener ?? dialer).Attach(new PlainSecureLink(Links.Listener, DialerIdentity.PublicKey), Role.Listener);
    }

    /// <summary>The pool of both.</summary>
    public BufferPool Pool { get; } = new();

    /// <summary>The links beneath.</summary>
    public LinkPair Links { get; }

    /// <summary>The side that dialled.</summary>
    public IMuxer Dialer { get; }

    /// <summary>The side that was dialled.</summary>
    public IMuxer Listener { get; }

    /// <summary>A secured end for a side that speaks frames by hand.</summary>
    public static SecureLink Secure(Link link) => new PlainSecureLink(link, DialerIdentity.PublicKey);

    /// <summary>Opens a stream on one side and accepts it on the other; its first byte, which tells of it, is read.</summary>
    public static async Task<(MuxedStream Near, MuxedStream Far)> OpenAsync(IMuxer from, IMuxer to)
    {
        var near = await from.OpenAsync(CancellationToken.None).AsTask().WaitAsync(PipeTransfer.Alive).ConfigureAwait(false);
        await near.Output.WriteAsync(new byte[1]).AsTask().WaitAsync(PipeTransfer.Alive).ConfigureAwait(false);
        var far = await to.AcceptAsync(CancellationToken.None).AsTask().WaitAsync(PipeTransfer.Alive).ConfigureAwait(false)
            ?? throw new InvalidOperationException("The muxer ended before the stream came.");
        await PipeTransfer.ReadExactlyAsync(far.Input, 1).ConfigureAwait(false);
        return (near, far);
    }

    /// <summary>Disposes both muxers and their links.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Dialer.DisposeAsync().AsTask(), Listener.DisposeAsync().AsTask()).WaitAsync(PipeTransfer.Alive).ConfigureAwait(false);
        await Links.DisposeAsync().ConfigureAwait(false);
    }
}
