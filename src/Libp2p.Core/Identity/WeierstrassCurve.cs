using System.Numerics;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// The two 256-bit curves of identity keys, <c>y² = x³ + ax + b mod p</c> (SEC 2), with what the base class library
/// does not offer: points in compressed form, a look at a point before it is imported, and low-S signatures.
/// Only public values pass through this arithmetic, so its time may vary.
/// </summary>
internal sealed class WeierstrassCurve
{
    public const int CoordinateLength = 32;
    public const int UncompressedLength = 1 + (2 * CoordinateLength);
    public const int CompressedLength = 1 + CoordinateLength;

    readonly BigInteger _a;
    readonly BigInteger _b;
    readonly BigInteger _p;
    readonly BigInteger _n;
    readonly byte[] _order;
    readonly byte[] _halfOrder;

    WeierstrassCurve(string name, string oid, string p, string a, string b, string n)
    {
        Name = name;
        Curve = ECCurve.CreateFromValue(oid);
        _p = Parse(p);
        _a = Parse(a);
        _b = Parse(b);
        _n = Parse(n);
        _order = ToBytes(_n);
        _halfOrder = ToBytes(_n >> 1);
    }

    public static WeierstrassCurve P256 { get; } = new(
        "P-256",
        "1.2.840.10045.3.1.7",
        p: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        a: "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
        b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
        n: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

    public static WeierstrassCurve Secp256k1 { get; } = new(
        "secp256k1",
        "1.3.132.0.10",
        p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
        a: "00",
        b: "07",
        n: "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    public string Name { get; }

    public ECCurve Curve { get; }

    /// <summary>Whether 32 big-endian bytes are a number from 1 to the order minus one.</summary>
    public bool IsScalar(ReadOnlySpan<byte> scalar) =>
        scalar.Length == CoordinateLength && scalar.ContainsAnyExcept((byte)0) && scalar.SequenceCompareTo(_order) < 0;

    /// <summary>Whether <c>04 ‖ x ‖ y</c> is a point of the curve with both coordinates reduced.</summary>
    public bool IsPoint(ReadOnlySpan<byte> uncompressed)
    {
        if (uncompressed.Length != UncompressedLength || uncompressed[0] != 4)
            return false;
        var x = ToNumber(uncompressed.Slice(1, CoordinateLength));
        var y = ToNumber(uncompressed[(1 + CoordinateLength)..]);
        return x < _p && y < _p && (y * y % _p) == RightSide(x);
    }

    /// <summary>Finds y for <c>02/03 ‖ x</c> (SEC 1 §2.3.4) and writes <c>04 ‖ x ‖ y</c>. Both primes are 3 mod 4, so the root is one power.</summary>
    public bool TryDecompress(ReadOnlySpan<byte> compressed, Span<byte> uncompressed)
    {
        if (compressed.Length != CompressedLength || compressed[0] is not (2 or 3))
            return false;
        var x = ToNumber(compressed[1..]);
        if (x >= _p)
            return false;
        var square = RightSide(x);
        var y = BigInteger.ModPow(square, (_p + 1) >> 2, _p);
        if ((y * y % _p) != square)
            return false;
        if (y.IsEven != (compressed[0] == 2))
            y = _p - y;
        // No point of either curve has y = 0 (their orders are odd), so the negation above stays reduced.
        uncompressed[0] = 4;
        compressed[1..].CopyTo(uncompressed[1..]);
        ToBytes(y).CopyTo(uncompressed[(1 + CoordinateLength)..]);
        return true;
    }

    public static byte[] Compress(ReadOnlySpan<byte> uncompressed)
    {
        var compressed = uncompressed[..CompressedLength].ToArray();
        compressed[0] = (byte)(2 | (uncompressed[^1] & 1));
        return compressed;
    }

    /// <summary>Replaces the s of a signature by <c>n − s</c> where that is smaller (BIP 62); both verify, and some peers take only the smaller.</summary>
    public void LowerS(Span<byte> s)
    {
        if (s.SequenceCompareTo(_halfOrder) > 0)
            ToBytes(_n - ToNumber(s)).CopyTo(s);
    }

    public bool IsLowS(ReadOnlySpan<byte> s) => s.SequenceCompareTo(_halfOrder) <= 0;

    BigInteger RightSide(BigInteger x) => ((x * x * x) + (_a * x) + _b) % _p;

    static BigInteger Parse(string hex) => ToNumber(Convert.FromHexString(hex));

    static BigInteger ToNumber(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    static byte[] ToBytes(BigInteger number)
    {
        var bytes = new byte[CoordinateLength];
        var length = number.GetByteCount(isUnsigned: true);
        number.TryWriteBytes(bytes.AsSpan(CoordinateLength - length), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }
}
