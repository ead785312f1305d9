using BenchmarkDotNet.Attributes;

namespace Libp2p.Benchmarks.Micro.Multiformats;

[MemoryDiagnoser]
public class VarintBenchmarks
{
    private readonly byte[] _bytes = new byte[Varint.MaxLength];

    [Params(100UL, 65_519UL, Varint.MaxValue)]
    public ulong Value { get; set; }

    [GlobalSetup]
    public void Setup() => Varint.Write(_bytes, Value);

    [Benchmark]
    public int Write() => Varint.Write(_bytes, Value);

    [Benchmark]
    public ulong Read()
    {
        Varint.TryRead(_bytes, out var value, out _);
        return value;
    }
}
