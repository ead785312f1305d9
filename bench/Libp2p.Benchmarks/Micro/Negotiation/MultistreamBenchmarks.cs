using System.Buffers;
using BenchmarkDotNet.Attributes;
using Libp2p.Negotiation;
using Libp2p.Transports.Memory;

namespace Libp2p.Benchmarks.Micro.Negotiation;

[MemoryDiagnoser]
public class MultistreamBenchmarks
{
    private static readonly ProtocolId Protocol = "/ipfs/ping/1.0.0";
    private static readonly ProtocolId[] Protocols = [Protocol];
    private static readonly Func<ProtocolId, bool> IsServed = p => p == Protocol;
    private static readonly Func<IEnumerable<ProtocolId>> Served = () => Protocols;

    private readonly BufferPool _pool = new();
    private readonly ArrayBufferWriter<byte> _output = new(64);
    private ReadOnlySequence<byte> _message;
    private MemoryLink _dialer = null!;
    private MemoryLink _listener = null!;

    [GlobalSetup]
    public void Setup()
    {
        MultistreamCodec.Write(_output, Protocol.Utf8.Span);
        _message = new ReadOnlySequence<byte>(_output.WrittenSpan.ToArray());
        (_dialer, _listener) = MemoryLink.CreatePair(
            Multiaddress.Parse("/memory/1"), Multiaddress.Parse("/memory/2"), _pool, _pool, new MemoryOptions());
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _dialer.DisposeAsync();
        await _listener.DisposeAsync();
        _pool.Dispose();
    }

    [Benchmark]
    public void WriteMessage()
    {
        _output.ResetWrittenCount();
        MultistreamCodec.Write(_output, Protocol.Utf8.Span);
    }

    [Benchmark]
    public long ReadMessage()
    {
        var buffer = _message;
        MultistreamCodec.TryRead(ref buffer, out var message);
        return message.Length;
    }

    /// <summary>Both sides over a link in memory, with the dialler waiting for the answer.</summary>
    [Benchmark]
    public async Task<bool> Negotiate()
    {
        var answering = MultistreamSelect.AnswerAsync(_listener, IsServed, Served, CancellationToken.None);
        var selecting = MultistreamSelect.SelectAsync(_dialer, Protocols, CancellationToken.None);
        var (_, isUnflushed) = await answering;
        if (isUnflushed)
            await _listener.Output.FlushAsync();
        return await selecting == Protocol;
    }
}
