using System.Buffers;

namespace Libp2p.Security;

/// <summary>
/// A link after a handshake that encrypts. It owns the link below it and the ciphers, and ends once, for one reason, which every
/// read and write that comes later is told.
/// </summary>
internal abstract class EncryptedLink(Link inner, PeerId remotePeer, PublicKey remoteKey) : SecureLink
{
    private Exception? _failure;

    public override PeerId RemotePeer => remotePeer;

    public override PublicKey RemoteKey => remoteKey;

    public override Multiaddress LocalAddress => inner.LocalAddress;

    public override Multiaddress RemoteAddress => inner.RemoteAddress;

    public override MemoryPool<byte> Pool => inner.Pool;

    /// <summary>Why the link ended on this side; null while it lives.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    public override void Abort(Exception? reason = null)
    {
        End(reason ?? new Libp2pException(Libp2pError.ConnectionClosed, "The connection was aborted on this side."));
        inner.Abort(reason);
    }

    public override async ValueTask DisposeAsync()
    {
        await SayGoodbyeAsync().ConfigureAwait(false);
        await inner.DisposeAsync().ConfigureAwait(false);
        End(new Libp2pException(Libp2pError.ConnectionClosed, "The connection was closed on this side."));
    }

    /// <summary>The other side broke the protocol, or a key is used up: nothing that still comes can be trusted.</summary>
    /// <returns>What to throw: this reason, or the one that was first.</returns>
    public Exception Fail(string reason, Exception? cause = null)
    {
        var failure = new Libp2pException(Libp2pError.ProtocolViolation, reason, cause);
        if (End(failure))
            LogRefusal(reason);
        inner.Abort(failure);
        return Failure!;
    }

    /// <summary>Tells the other side that this is the end, where the protocol has a word for it.</summary>
    protected virtual ValueTask SayGoodbyeAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// Ends the ciphers. A read or write that is under way holds theirs until it returns; the next finds it disposed, and says why.
    /// </summary>
    protected abstract void DisposeCiphers();

    /// <summary>The other side broke the protocol.</summary>
    protected abstract void LogRefusal(string reason);

    private bool End(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null)
            return false;
        DisposeCiphers();
        return true;
    }
}
