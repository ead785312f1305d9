using System.Buffers;
using Libp2p.Security.Tls;
using Libp2p.Tests.Security.Tls;

namespace Libp2p.Fuzz.Tests.Targets;

/// <summary>What TLS reads before anyone has proven anything: certificates, and the frames of records.</summary>
internal static class TlsTargets
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public static FuzzTarget CertificateBytes() => new(nameof(CertificateBytes), Certificates(), input =>
    {
        if (TlsCertificateCodec.TryDecode(input, out var certificate) != TlsRefusal.None)
            return false;
        FuzzViolation.Unless(IsWithin(input, certificate.Signed) && IsWithin(input, certificate.Key), "gives bytes that are not the input's");
        FuzzViolation.Unless(IsWithin(certificate.Signed, certificate.Key), "gives a key that is not signed");
        FuzzViolation.Unless(TlsSignatureSchemes.TryFind(Algorithm(input), certificate.Key, out var scheme) && scheme == certificate.Scheme, "gives another scheme than the signature's");
        return true;
    })
    { MaxLength = 1024 };

    /// <summary>No change of a good certificate is good: nothing in it, and nothing about its encoding, is left to choose.</summary>
    public static FuzzTarget CertificateVerdict()
    {
        var good = Certificates().Take(3).ToArray();
        return new(nameof(CertificateVerdict), good, input =>
        {
            var verdict = TlsCertificateChecker.Check(input, Now);
            FuzzViolation.Unless(verdict.Reason.Length > 0, "refuses without a reason");
            FuzzViolation.Unless(verdict.Refusal != TlsRefusal.None || Array.Exists(good, g => g.AsSpan().SequenceEqual(input)), "takes a certificate that nobody made");
            return verdict.Refusal is TlsRefusal.None or TlsRefusal.Signature or TlsRefusal.Expired or TlsRefusal.NotYetValid;
        })
        { Iterations = 20_000, MaxLength = 1024, FixedAllocation = 128 * 1024 };
    }

    public static FuzzTarget Records() => new(nameof(Records), [[22, 3, 1, 0, 4, 1, 2, 3, 4, 23, 3, 3, 0x41, 0], [20, 3, 3, 0, 0, 21, 3, 3, 0, 2, 1, 0]], input =>
    {
        var buffer = new ReadOnlySequence<byte>(input);
        var any = false;
        while (TlsRecord.TryMeasure(buffer, out var length) && length > 0 && length <= buffer.Length)
        {
            FuzzViolation.Unless(length is >= TlsRecord.HeaderLength and <= TlsRecord.HeaderLength + TlsRecord.MaxFragment, "gives a record beyond its bound");
            buffer = buffer.Slice(length);
            any = true;
        }
        return any;
    })
    { MaxLength = 64 };

    private static byte[][] Certificates() => [.. TlsVectors.Certificates.Select(c => Convert.FromHexString(c.Der))];

    private static bool IsWithin(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> part) => whole.Overlaps(part, out var offset) && offset + part.Length <= whole.Length;

    private static ReadOnlySpan<byte> Algorithm(ReadOnlySpan<byte> certificate)
    {
        var outer = new DerReader(certificate);
        outer.TryRead(DerReader.Sequence, out var content);
        var parts = new DerReader(content);
        parts.TryRead(DerReader.Sequence, out _);
        parts.TryRead(DerReader.Sequence, out var algorithm);
        return algorithm;
    }
}
