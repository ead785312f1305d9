using System.Buffers;
using Libp2p.Muxers.Yamux;
using Libp2p.Testing;
using Libp2p.Testing.Muxers;

namespace Libp2p.Tests.Muxers.Yamux;

/// <summary>A session under test whose other side speaks frames by hand, as an attacker or another implementation would.</summary>
sealed class RawYamux : IAsyncDisposable
{
    readonly LinkPair _links;

    public RawYamux(YamuxOptions? options = null, TimeProvider? time = null, Role role = Role.Listener)
    {
        _links = new LinkPair(Pool);
        Session = new YamuxMuxer(options, time).Attach(MuxerPair.Secure(role == Role.Listener ? _links.Listener : _links.Dialer), role);
        Remote = role == Role.Listener ? _links.Dialer : _links.Listener;
    }

    public BufferPool Pool { get; } = new();

    public IMuxer Session { get; }

    public Link Remote { get; }

    public void Write(YamuxType type, YamuxFlags flags, uint id, uint length, int payload = 0)
    {
        var span = Remote.Output.GetSpan(YamuxHeader.Size + payload);
        span[..(YamuxHeader.Size + payload)].Clear();
        new YamuxHeader(type, flags, id, length).Write(span);
        Remote.Output.Advance(YamuxHeader.Size + payload);
    }

    public void WriteData(uint id, int length, YamuxFlags flags = 0) => Write(YamuxType.Data, flags, id, (uint)length, length);

    public async Task SendAsync(YamuxType type, YamuxFlags flags, uint id, uint length, int payload = 0)
    {
        Write(type, flags, id, length, payload);
        await Remote.Output.FlushAsync().AsTask().WaitAsync(PipeTransfer.Alive);
    }

    /// <summary>The next frame of the session that fits, past all others and their payloads.</summary>
    public async Task<YamuxHeader> ReceiveAsync(Func<YamuxHeader, bool> fits)
    {
        while (true)
        {
            Assert.True(YamuxHeader.TryRead(await PipeTransfer.ReadExactlyAsync(Remote.Input, YamuxHeader.Size), out var header, out _));
            if (header is { Type: YamuxType.Data, Length: > 0 })
                await PipeTransfer.ReadExactlyAsync(Remote.Input, (int)header.Length);
            if (fits(header))
                return header;
        }
    }

    /// <summary>The session ends for a broken protocol, and says so to the other side.</summary>
    public async Task AssertViolationAsync(string part)
    {
        var goAway = await ReceiveAsync(h => h.Type == YamuxType.GoAway);
        Assert.Equal((uint)YamuxGoAway.ProtocolError, goAway.Length);
        var reason = await Session.Closed.WaitAsync(PipeTransfer.Alive);
        Assert.Equal(CloseCode.ProtocolViolation, reason.Code);
        Assert.Contains(part, reason.Detail, StringComparison.Ordinal);
    }

    /// <summary>The session is alive: a ping is answered.</summary>
    public async Task AssertAliveAsync()
    {
        await SendAsync(YamuxType.Ping, YamuxFlags.Syn, 0, 4711);
        await ReceiveAsync(h => h.Type == YamuxType.Ping && h.Has(YamuxFlags.Ack) && h.Length == 4711);
    }

    public async ValueTask DisposeAsync()
    {
        Session.Abort(CloseReason.LocalClose);
        await Session.DisposeAsync().AsTask().WaitAsync(PipeTransfer.Alive);
        await _links.DisposeAsync();
    }
}
