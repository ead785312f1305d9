using BenchmarkDotNet.Attributes;
using Libp2p.Security.Noise;
using Libp2p.Transports.Memory;

namespace Libp2p.Benchmarks.Micro.Security.Noise;

/// <summary>Both sides of a handshake; a side alone costs half.</summary>
[MemoryDiagnoser]
public class NoiseHandshakeBenchmarks
{
    private static readonly Multiaddress Here = Multiaddress.Parse("/memory/1");
    private static readonly Multiaddress There = Multiaddress.Parse("/memory/2");

    private readonly BufferPool _pool = new();
    private readonly NoiseProtocol _noise = new();
    private readonly Identity _dialer = Identity.Generate();
    private readonly Identity _listener = Identity.Generate();
    private readonly NoiseKeyPair _dialerKey = NoiseKeyPair.Generate();
    private readonly NoiseKeyPair _listenerKey = NoiseKeyPair.Generate();
    private readonly ProtocolId[] _muxers = ["/yamux/1.0.0"];
    private readonly byte[] _message = new byte[1024];
    private readonly byte[] _payload = new byte[1024];

    [GlobalCleanup]
    public void Cleanup()
    {
        _dialerKey.Dispose();
        _listenerKey.Dispose();
        _dialer.Dispose();
        _listener.Dispose();
        _pool.Dispose();
    }

    /// <summary>The curve arithmetic of both sides: without payloads, signatures and links.</summary>
    [Benchmark]
    public bool Machines()
    {
        using var ephemeral = NoiseKeyPair.Generate();
        using var answer = NoiseKeyPair.Generate();
        using var dialer = new NoiseHandshakeMachine(Role.Dialer, _dialerKey, ephemeral, default);
        using var listener = new NoiseHandshakeMachine(Role.Listener, _listenerKey, answer, default);
        Send(dialer, listener);
        Send(listener, dialer);
        Send(dialer, listener);
        return dialer.IsFinished && listener.IsFinished;
    }

    /// <summary>All of it, over a link in memory.</summary>
    [Benchmark]
    public async Task<PeerId> OverMemory()
    {
        var (here, there) = MemoryLink.CreatePair(Here, There, _pool, _pool, new MemoryOptions());
        var listening = _noise.SecureAsync(there, new HandshakeContext(_listener, Role.Listener, null, _muxers), CancellationToken.None);
        var secured = await _noise.SecureAsync(here, new HandshakeContext(_dialer, Role.Dialer, _listener.PeerId, _muxers), CancellationToken.None);
        // The last message waits for what is written first.
        await secured.Output.FlushAsync();
        var other = await listening;
        var peer = other.RemotePeer;
        await secured.DisposeAsync();
        await other.DisposeAsync();
        return peer;
    }

    private void Send(NoiseHandshakeMachine from, NoiseHandshakeMachine to)
    {
        var length = from.Overhead;
        from.Write(default, _message.AsSpan(0, length));
        if (to.Read(_message.AsSpan(0, length), _payload.AsSpan(0, 0)) != NoiseRefusal.None)
            throw new InvalidOperationException("A message of the handshake was refused.");
    }
}
