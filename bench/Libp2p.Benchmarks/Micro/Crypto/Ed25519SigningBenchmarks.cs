using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace Libp2p.Benchmarks.Micro.Crypto;

/// <summary>Signing a message of 1 KiB: with a seed, with a key that is kept, and without libcrypto.</summary>
[MemoryDiagnoser]
public class Ed25519SigningBenchmarks
{
    private readonly byte[] _message = new byte[1100];
    private readonly byte[] _seed = RandomNumberGenerator.GetBytes(Ed25519.SeedLength);
    private readonly byte[] _publicKey = new byte[Ed25519.PublicKeyLength];
    private readonly byte[] _signature = new byte[Ed25519.SignatureLength];
    private CurveProvider _native = null!;
    private Ed25519SigningKey _key = null!;

    [GlobalSetup]
    public void Setup()
    {
        _native = CurveProviders.OpenSslOrNull ?? throw new InvalidOperationException("libcrypto 3 is not here to sign.");
        _native.Ed25519PublicKey(_seed, _publicKey);
        _key = _native.PrepareEd25519(_seed, _publicKey);
    }

    [GlobalCleanup]
    public void Cleanup() => _key.Dispose();

    [Benchmark(Baseline = true)]
    public void Seed() => _native.Ed25519Sign(_seed, _publicKey, _message, _signature);

    [Benchmark]
    public void Key() => _key.Sign(_message, _signature);

    [Benchmark]
    public void Managed() => ManagedCurveProviders.Current.Ed25519Sign(_seed, _publicKey, _message, _signature);
}
