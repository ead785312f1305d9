using BenchmarkDotNet.Attributes;

namespace Libp2p.Benchmarks.Micro.Crypto;

[MemoryDiagnoser]
public class Salsa20Benchmarks
{
    private byte[] _bytes = [];
    private Salsa20 _cipher = null!;

    [Params(64, 1024, 65_536)]
    public int Bytes { get; set; }

    [Params(true, false)]
    public bool Vectors { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bytes = new byte[Bytes];
        _cipher = Salsa20.CreateExtended(new byte[Salsa20.KeyLength], new byte[Salsa20.ExtendedNonceLength], Vectors);
    }

    /// <summary>In place, as the links of a private network do.</summary>
    [Benchmark]
    public void Apply() => _cipher.Apply(_bytes);
}
