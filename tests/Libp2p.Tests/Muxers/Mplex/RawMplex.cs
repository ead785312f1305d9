using System.Buffers;
using Libp2p.Muxers.Mplex;
using Libp2p.Testing;
using Libp2p.Testing.Muxers;

namespace Libp2p.Tests.Muxers.Mplex;

/// <summary>A session under test whose other side speaks messages by hand, as an attacker or another implementation would.</summary>
sealed class RawMplex : IAsyncDisposable
{
    readonly LinkPair _links;

    public RawMplex(MplexOptions? options = null, TimeProvider? time = null)
    {
        _links = new LinkPair(Pool);
        Session = new MplexMuxer(options, time).Attach(MuxerPair.Secure(_links.Listener), Role.Listener);
    }

    public BufferPool Pool { get; } = new();

    public IMuxer Session { get; }

    public Link Remote => _links.Dialer;

    public void Write(MplexFlag flag, long id, int length = 0)
    {
        var span = Remote.Output.GetSpan(MplexHeader.MaxSize + length);
        var size = new MplexHeader(flag, id, length).Write(span);
        span.Slice(size, length).Clear();
        Remote.Output.Advance(size + length);
    }

    public async Task SendAsync(MplexFlag flag, long id, int length = 0)
    {
        Write(flag, id, length);
        await Remote.Output.FlushAsync().AsTask().WaitAsync(PipeTransfer.Alive);
    }

    /// <summary>Opens a stream and takes it on the session's side.</summary>
    public async Task<MuxedStream> OpenAsync(long id)
    {
        await SendAsync(MplexFlag.NewStream, id);
        var stream = await Session.AcceptAsync(CancellationToken.None).AsTask().WaitAsync(PipeTransfer.Alive);
        Assert.Equal(id, stream!.Id);
        return stream;
    }

    /// <summary>The next message of the session that fits, past all others and their data.</summary>
    public async Task<MplexHeader> ReceiveAsync(Func<MplexHeader, bool> fits)
    {
        while (true)
        {
            var read = await Remote.Input.ReadAsync().AsTask().WaitAsync(PipeTransfer.Alive);
            if (MplexHeader.TryRead(read.Buffer, 1 << 20, out var header, out var size, out _) != MplexRead.Header)
            {
                Assert.False(read.IsCompleted, "The session ended the link before the message came.");
                Remote.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            Remote.Input.AdvanceTo(read.Buffer.GetPosition(size));
            await PipeTransfer.ReadExactlyAsync(Remote.Input, header.Length);
            if (fits(header))
                return header;
        }
    }

    /// <summary>The session ends for a broken protocol.</summary>
    public async Task AssertViolationAsync(string part)
    {
        var reason = await Session.Closed.WaitAsync(PipeTransfer.Alive);
        Assert.Equal(CloseCode.ProtocolViolation, reason.Code);
        Assert.Contains(part, reason.Detail, StringComparison.Ordinal);
        Assert.Equal(0, Session.StreamCount);
    }

    public async ValueTask DisposeAsync()
    {
        Session.Abort(CloseReason.LocalClose);
        await Session.DisposeAsync().AsTask().WaitAsync(PipeTransfer.Alive);
        await _links.DisposeAsync();
    }
}
