using System.Buffers;
using System.Text;

namespace Libp2p.Fuzz.Tests.Targets;

internal static class MultiformatTargets
{
    public static FuzzTarget VarintBytes() => new(nameof(VarintBytes), [[0], [0x7f], [0x80, 1], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]], input =>
    {
        var result = Varint.TryRead(input, out var value, out var length);
        var split = Varint.TryRead(Pieces.Of(input), out var splitValue, out var splitLength);
        FuzzViolation.Unless((result, value, length) == (split, splitValue, splitLength), "reads pieces otherwise than the whole");
        if (result != VarintResult.Ok)
            return false;
        Span<byte> written = stackalloc byte[Varint.MaxLength];
        FuzzViolation.Unless(Varint.Write(written, value) == length && written[..length].SequenceEqual(input.AsSpan(0, length)), "does not write what it read");
        return true;
    }) { MaxLength = 24 };

    public static FuzzTarget MultibaseText() => new(
        nameof(MultibaseText),
        [.. Enum.GetValues<Multibase.Encoding>().Where(e => e != Multibase.Encoding.None).Select(e => Text(Multibase.Encode(e, "multi base"u8)))],
        input =>
        {
            if (!Multibase.TryDecode(Encoding.Latin1.GetString(input), out var bytes, out var encoding))
                return false;
            FuzzViolation.Unless(
                Multibase.TryDecode(Multibase.Encode(encoding, bytes), out var again, out var sameEncoding) && sameEncoding == encoding && again.AsSpan().SequenceEqual(bytes),
                "does not read back what it writes");
            return true;
        });

    public static FuzzTarget MultihashBytes() => new(
        nameof(MultihashBytes),
        [[.. Multihash.Sha256("x"u8).Bytes.Span], [.. Multihash.Create(MultihashCode.Sha2_512, "x"u8).Bytes.Span], [.. Multihash.FromDigest(MultihashCode.Identity, "abc"u8).Bytes.Span]],
        input =>
        {
            if (Multihash.TryRead(input, out var hash, out var length))
                FuzzViolation.Unless(hash.Bytes.Span.SequenceEqual(input.AsSpan(0, length)), "is not what it was read from");
            if (!Multihash.TryDecode(input, out var whole))
                return false;
            FuzzViolation.Unless(whole.Bytes.Span.SequenceEqual(input) && Multihash.FromDigest(whole.Code, whole.Digest.Span) == whole, "does not read back what it writes");
            return true;
        });

    public static FuzzTarget CidBytes() => new(nameof(CidBytes), [.. Cids().Select(c => c.Bytes.ToArray())], input =>
    {
        if (!Cid.TryDecode(input, out var cid))
            return false;
        FuzzViolation.Unless(cid.Bytes.Span.SequenceEqual(input), "is not what it was read from");
        FuzzViolation.Unless(Cid.TryParse(cid.ToString(), null, out var again) && again == cid, "does not read its own text");
        return true;
    });

    public static FuzzTarget CidText() => new(nameof(CidText), [.. Cids().Select(c => Text(c.ToString()))], input =>
    {
        if (!Cid.TryParse(Encoding.Latin1.GetString(input), null, out var cid))
            return false;
        FuzzViolation.Unless(Cid.TryDecode(cid.Bytes.Span, out var again) && again == cid, "does not read back what it writes");
        return true;
    });

    private static IEnumerable<Cid> Cids()
    {
        yield return Cid.CreateV0(Multihash.Sha256("x"u8));
        foreach (var codec in Enum.GetValues<CidCodec>())
            yield return Cid.CreateV1(codec, Multihash.Sha256("x"u8));
    }

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
}

/// <summary>An input as the network may bring it: cut into several pieces.</summary>
internal static class Pieces
{
    public static ReadOnlySequence<byte> Of(byte[] input)
    {
        if (input.Length < 2)
            return new ReadOnlySequence<byte>(input);
        var first = new Piece(input.AsMemory(0, 1), null);
        var second = new Piece(input.AsMemory(1, (input.Length - 1) / 2), first);
        var third = new Piece(input.AsMemory(1 + ((input.Length - 1) / 2)), second);
        return new ReadOnlySequence<byte>(first, 0, third, third.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null)
                return;
            before.Next = this;
            RunningIndex = before.RunningIndex + before.Memory.Length;
        }
    }
}
