using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Libp2p.Security.Noise;

namespace Libp2p.Benchmarks.Micro.Security.Noise;

[MemoryDiagnoser]
public class NoiseFrameBenchmarks
{
    private byte[] _plaintext = [];
    private byte[] _sealed = [];
    private byte[] _opened = [];
    private readonly byte[] _nonce = new byte[AeadCipher.NonceLength];
    private NoiseCipher _sealing = null!;
    private AeadCipher _opening = null!;

    [Params(64, 1024, NoiseFrame.MaxPlaintext)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        _plaintext = RandomNumberGenerator.GetBytes(Bytes);
        _opened = new byte[Bytes];
        _sealed = new byte[Bytes + NoiseCipher.TagLength];
        _sealing = new NoiseCipher(key);
        _opening = AeadCipher.CreateChaCha20Poly1305(key);
        _opening.Seal(_nonce, _plaintext, _sealed);
        _toSeal = (byte[])_sealed.Clone();
    }

    private byte[] _toSeal = [];

    [GlobalCleanup]
    public void Cleanup()
    {
        _sealing.Dispose();
        _opening.Dispose();
    }

    /// <summary>In place, as the writer does.</summary>
    [Benchmark]
    public void Seal() => _sealing.Seal(_toSeal.AsSpan(0, Bytes), _toSeal);

    /// <summary>By the cipher beneath, whose nonce can stay, so that one frame opens again and again.</summary>
    [Benchmark]
    public bool Open() => _opening.TryOpen(_nonce, _sealed, _opened);
}
