using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Libp2p;

/// <summary>
/// A point of edwards25519 in extended homogeneous coordinates: x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 §5.1.4).
/// The coordinates are tight. The addition law is complete, so no point needs a case of its own.
/// </summary>
internal readonly struct EdwardsPoint : IEdwardsArithmetic<EdwardsPoint, EdwardsPoint.Prepared>
{
    /// <summary>Bytes of an encoding.</summary>
    public const int Length = 32;

    /// <summary>The curve's constant, -121665/121666.</summary>
    private static readonly FieldElement D = (FieldElement.From(121665).Negate() * FieldElement.From(121666).Invert()).Tighten();

    /// <summary>2d.</summary>
    public static readonly FieldElement TwiceD = (D + D).Tighten();

    /// <summary>2^((p-1)/4), a square root of -1: (p-1)/4 = 2·(2^252 - 3) + 1.</summary>
    private static readonly FieldElement RootOfMinusOne = FieldElement.From(2).PowerForRoot().Square() * FieldElement.From(2);

    private readonly FieldElement _x;
    private readonly FieldElement _y;
    private readonly FieldElement _z;
    private readonly FieldElement _t;

    private EdwardsPoint(in FieldElement x, in FieldElement y, in FieldElement z, in FieldElement t)
    {
        _x = x;
        _y = y;
        _z = z;
        _t = t;
    }

    /// <summary>The neutral element (0, 1).</summary>
    public static EdwardsPoint Neutral { get; } = new(default, FieldElement.From(1), FieldElement.From(1), default);

    /// <summary>The base point: y = 4/5 and x even (RFC 8032 §5.1).</summary>
    public static EdwardsPoint Generator { get; } = DecodeGenerator();

    /// <summary>X, whose quotient by <see cref="Z"/> is x.</summary>
    public FieldElement X => _x;

    /// <summary>Y, whose quotient by <see cref="Z"/> is y.</summary>
    public FieldElement Y => _y;

    /// <summary>The denominator.</summary>
    public FieldElement Z => _z;

    /// <summary>T, whose quotient by <see cref="Z"/> is xy.</summary>
    public FieldElement T => _t;

    /// <summary>
    /// Decodes a point, in variable time. As OpenSSL does, and unlike RFC 8032 §5.1.3, it takes y from p to 2^255 - 1 modulo p
    /// and lets the sign bit of x = 0 be set: providers that disagreed on such keys would split a network.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out EdwardsPoint point)
    {
        var one = FieldElement.From(1);
        var y = FieldElement.Decode(bytes);
        var ySquared = y.Square();
        var u = (ySquared - one).Tighten();
        var v = ((D * ySquared) + one).Tighten();

        // x = u v^3 (u v^7)^((p-5)/8) is a root of u/v or of -u/v, if u/v is a square at all.
        var vCubed = v.Square() * v;
        var x = u * vCubed * (u * vCubed.Square() * v).PowerForRoot();
        var check = v * x.Square();
        if (!FieldElement.AreEqual(check, u))
        {
            if (!FieldElement.AreEqual(check, u.Negate()))
            {
                point = default;
                return false;
            }
            x *= RootOfMinusOne;
        }
        if (x.IsNegative() != (bytes[Length - 1] >> 7 != 0))
            x = x.Negate().Tighten();
        point = new EdwardsPoint(x, y, one, x * y);
        return true;
    }

    /// <summary>Encodes the point: y, with the sign of x in the top bit (RFC 8032 §5.1.2).</summary>
    public void Encode(Span<byte> bytes) => Encode(_x, _y, _z, bytes);

    /// <summary>Encodes the point X/Z, Y/Z.</summary>
    public static void Encode(in FieldElement x, in FieldElement y, in FieldElement z, Span<byte> bytes)
    {
        var inverse = z.Invert();
        (x * inverse).Encode(bytes);
        var sign = (byte)(bytes[0] << 7);
        (y * inverse).Encode(bytes);
        bytes[Length - 1] |= sign;
    }

    /// <inheritdoc/>
    public void EncodeMontgomery(Span<byte> bytes) => EncodeMontgomery(_y, _z, bytes);

    /// <summary>Encodes (1 + y) / (1 - y) for y = Y/Z.</summary>
    public static void EncodeMontgomery(in FieldElement y, in FieldElement z, Span<byte> bytes) =>
        ((z + y) * (z - y).Invert()).Encode(bytes);

    /// <summary>Doubles.</summary>
    public EdwardsPoint Double()
    {
        var a = _x.Square();
        var b = _y.Square();
        var c = _z.Square();
        var h = a + b;
        var e = h - (_x + _y).Square();
        var g = a - b;
        var f = c + c + g;
        return new EdwardsPoint(e * f, g * h, f * g, e * h);
    }

    /// <summary>Doubles <paramref name="times"/> times.</summary>
    public EdwardsPoint Double(int times)
    {
        var result = this;
        for (var i = 0; i < times; i++)
            result = result.Double();
        return result;
    }

    /// <summary>The opposite point.</summary>
    public EdwardsPoint Negate() => new(_x.Negate().Tighten(), _y, _z, _t.Negate().Tighten());

    /// <summary>Adds a point that is prepared for it.</summary>
    public static EdwardsPoint operator +(in EdwardsPoint a, in Prepared b) =>
        Add(a, b.Sum, b.Difference, b.TwiceDT, a._z * b.Z);

    /// <summary>Subtracts a point that is prepared for addition.</summary>
    public static EdwardsPoint operator -(in EdwardsPoint a, in Prepared b) =>
        Add(a, b.Difference, b.Sum, b.TwiceDT.Negate(), a._z * b.Z);

    static void IEdwardsArithmetic<EdwardsPoint, Prepared>.From(in EdwardsPoint point, out EdwardsPoint result) => result = point;

    static void IEdwardsArithmetic<EdwardsPoint, Prepared>.Prepare(in EdwardsPoint point, out Prepared multiple) => multiple = point.Prepare();

    static void IEdwardsArithmetic<EdwardsPoint, Prepared>.Double(ref EdwardsPoint point) => point = point.Double();

    static void IEdwardsArithmetic<EdwardsPoint, Prepared>.Add(ref EdwardsPoint point, in Prepared multiple) => point += multiple;

    static void IEdwardsArithmetic<EdwardsPoint, Prepared>.Subtract(ref EdwardsPoint point, in Prepared multiple) => point -= multiple;

    static void IEdwardsArithmetic<EdwardsPoint, Prepared>.Select(ReadOnlySpan<Prepared> multiples, int digit, out Prepared chosen)
    {
        var sign = (long)digit >> 63;
        var magnitude = (ulong)((digit ^ sign) - sign);
        chosen = Neutral.Prepare();
        for (var i = 0; i < multiples.Length; i++)
            Prepared.Select(0UL - (((magnitude ^ (ulong)(i + 1)) - 1) >> 63), ref chosen, multiples[i]);
        Prepared.Select((ulong)sign, ref chosen, chosen.Negate());
    }

    /// <summary>Prepares the point for being added often.</summary>
    public Prepared Prepare() => new((_y + _x).Tighten(), (_y - _x).Tighten(), _z, _t * TwiceD);

    [SkipLocalsInit]
    private static EdwardsPoint Add(in EdwardsPoint p, in FieldElement sum, in FieldElement difference, in FieldElement twiceDT, in FieldElement zz)
    {
        var a = (p._y - p._x) * difference;
        var b = (p._y + p._x) * sum;
        var c = p._t * twiceDT;
        var d = zz + zz;
        var e = b - a;
        var f = d - c;
        var g = d + c;
        var h = b + a;
        return new EdwardsPoint(e * f, g * h, f * g, e * h);
    }

    private static EdwardsPoint DecodeGenerator()
    {
        Span<byte> bytes = stackalloc byte[Length];
        (FieldElement.From(4) * FieldElement.From(5).Invert()).Encode(bytes);
        if (!TryDecode(bytes, out var generator))
            throw new InvalidOperationException("The base point of edwards25519 is not on the curve: the field arithmetic is broken.");
        return generator;
    }

    /// <summary>A point as the addition law wants its second operand: Y + X, Y - X, Z and 2dT, all tight.</summary>
    internal readonly struct Prepared(in FieldElement sum, in FieldElement difference, in FieldElement z, in FieldElement twiceDT)
    {
        public readonly FieldElement Sum = sum;
        public readonly FieldElement Difference = difference;
        public readonly FieldElement Z = z;
        public readonly FieldElement TwiceDT = twiceDT;

        /// <summary>Takes another's place where all bits of the mask are set, and stays where none is.</summary>
        public static void Select(ulong mask, ref Prepared chosen, in Prepared other)
        {
            var bits = Vector128.Create(mask);
            var into = MemoryMarshal.Cast<Prepared, Vector128<ulong>>(MemoryMarshal.CreateSpan(ref chosen, 1));
            var from = MemoryMarshal.Cast<Prepared, Vector128<ulong>>(MemoryMarshal.CreateReadOnlySpan(in other, 1));
            for (var i = 0; i < into.Length; i++)
                into[i] ^= bits & (into[i] ^ from[i]);
        }

        /// <summary>The opposite point.</summary>
        public Prepared Negate() => new(Difference, Sum, Z, TwiceDT.Negate());
    }
}
