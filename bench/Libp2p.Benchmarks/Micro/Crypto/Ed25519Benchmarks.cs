using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace Libp2p.Benchmarks.Micro.Crypto;

/// <summary>Verification of ours, of a key that is new and of one that signs often, beside libcrypto's.</summary>
[MemoryDiagnoser]
public class Ed25519Benchmarks
{
    // As many as no cache of the verifier's holds, so that each is new when it comes round again.
    private const int Keys = 5_000;

    private readonly byte[] _message = new byte[100];
    private readonly byte[][] _keys = new byte[Keys][];
    private readonly byte[][] _signatures = new byte[Keys][];
    private readonly Ed25519Verifier<EdwardsPoint, EdwardsPoint.Prepared> _scalar = new();
    private Ed25519Verifier _vector = null!;
    private CurveProvider _native = null!;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        _native = CurveProviders.OpenSslOrNull ?? throw new InvalidOperationException("libcrypto 3 is not here to be compared with.");
        _vector = Ed25519Verifier.Create();
        for (var i = 0; i < Keys; i++)
        {
            var seed = RandomNumberGenerator.GetBytes(Ed25519.SeedLength);
            _keys[i] = new byte[Ed25519.PublicKeyLength];
            _signatures[i] = new byte[Ed25519.SignatureLength];
            _native.Ed25519PublicKey(seed, _keys[i]);
            _native.Ed25519Sign(seed, _keys[i], _message, _signatures[i]);
        }
    }

    [Benchmark(Baseline = true)]
    public bool Libcrypto() => _native.Ed25519Verify(_keys[0], _message, _signatures[0]);

    [Benchmark]
    public bool New() => VerifyNext(_vector);

    [Benchmark]
    public bool Frequent() => _vector.Verify(_keys[0], _message, _signatures[0]);

    [Benchmark]
    public bool NewWithoutVectors() => VerifyNext(_scalar);

    [Benchmark]
    public bool FrequentWithoutVectors() => _scalar.Verify(_keys[0], _message, _signatures[0]);

    private bool VerifyNext(Ed25519Verifier verifier)
    {
        _next = (_next + 1) % Keys;
        return verifier.Verify(_keys[_next], _message, _signatures[_next]);
    }
}
