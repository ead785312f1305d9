using System.Buffers;

namespace Libp2p;

/// <summary>The text form and the binary form of a multiaddress, each to the other. Bad input is an error text, never an exception.</summary>
internal static class MultiaddressCodec
{
    /// <summary>Reads the text form.</summary>
    /// <returns>The binary form, or null and an error that names the bad part.</returns>
    public static byte[]? Parse(ReadOnlySpan<char> text, out string? error)
    {
        error = null;
        if (text.Length > Multiaddress.MaxText)
            error = $"The address has {text.Length} characters; at most {Multiaddress.MaxText} are read.";
        else if (text.IsEmpty || text[0] != '/')
            error = $"{AddressText.Quote(text)} is not a multiaddress: it does not begin with a slash; write it like /ip4/127.0.0.1/tcp/4001.";
        else if (text.Trim('/').IsEmpty)
            error = $"{AddressText.Quote(text)} is not a multiaddress: it has no part; write it like /ip4/127.0.0.1/tcp/4001.";
        if (error is not null)
            return null;

        var bytes = new ArrayBufferWriter<byte>(64);
        var rest = text.TrimEnd('/');
        var rules = default(Rules);
        while (!rest.IsEmpty)
        {
            var name = Take(ref rest);
            if (!MultiaddressProtocols.TryGet(name, out var protocol))
            {
                error = $"{AddressText.Quote(text)}: {AddressText.Quote(name)} is not a protocol of addresses.";
                return null;
            }

            ReadOnlySpan<char> value = default;
            if (protocol.HasValue)
            {
                if (rest.IsEmpty)
                {
                    error = $"{AddressText.Quote(text)}: nothing follows {AddressText.Quote(name)}, which takes a value.";
                    return null;
                }

                value = protocol.IsPath ? rest : Take(ref rest);
                if (protocol.IsPath)
                    rest = default;
            }

            var encoded = EncodePart(protocol, value, out var problem);
            problem ??= rules.Broken(protocol, bytes.WrittenCount + encoded!.Value.Bytes.Length);
            if (problem is not null)
            {
                error = $"{AddressText.Quote(text)}: {problem}";
                return null;
            }

            bytes.Write(encoded!.Value.Bytes);
        }

        if (rules.BrokenAtEnd() is { } open)
        {
            error = $"{AddressText.Quote(text)}: {open}";
            return null;
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Judges the binary form.</summary>
    /// <returns>An error that names the byte, or null where it is an address.</returns>
    public static string? Check(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return "The address is empty.";
        if (bytes.Length > Multiaddress.MaxBytes)
            return $"The address has {bytes.Length} bytes; at most {Multiaddress.MaxBytes} are read.";
        var rules = default(Rules);
        for (var at = 0; at < bytes.Length;)
        {
            var problem = ReadPart(bytes, at, out var protocol, out var valueStart, out var end);
            if (problem is null && protocol!.HasValue && protocol.Codec.Check(bytes[valueStart..end]) is { } bad)
                problem = $"the value of {protocol.Name} {bad}.";
            problem ??= rules.Broken(protocol!, end);
            if (problem is not null)
                return $"At byte {at} of the address: {problem}";
            at = end;
        }

        return rules.BrokenAtEnd();
    }

    /// <summary>The parts of a binary form that <see cref="Check"/> accepted.</summary>
    public static MultiaddressPart[] Parts(byte[] bytes)
    {
        var parts = new List<MultiaddressPart>(8);
        for (var at = 0; at < bytes.Length;)
        {
            if (ReadPart(bytes, at, out var protocol, out var valueStart, out var end) is { } problem)
                throw new InvalidOperationException($"The bytes of an address were not checked: {problem}");
            parts.Add(new(protocol!, bytes, at, valueStart, end));
            at = end;
        }

        return [.. parts];
    }

    /// <summary>Writes one part: code, length where it varies, value.</summary>
    /// <returns>The bytes and where the value begins in them, or null and an error.</returns>
    public static (byte[] Bytes, int ValueStart)? EncodePart(MultiaddressProtocol protocol, ReadOnlySpan<char> text, out string? error)
    {
        error = null;
        byte[]? value = [];
        if (!protocol.HasValue)
        {
            if (!text.IsEmpty)
                error = $"{protocol.Name} takes no value; {AddressText.Quote(text)} was given.";
        }
        else if (text.IsEmpty)
        {
            error = $"the value of {protocol.Name} is empty.";
        }
        else
        {
            value = protocol.Codec.Parse(text, out var problem);
            if (value is null)
                error = $"{AddressText.Quote(text)} {problem}.";
            else if (value.Length > Multiaddress.MaxBytes)
                error = $"{AddressText.Quote(text)} is {value.Length} bytes; an address has at most {Multiaddress.MaxBytes}.";
        }

        if (error is not null)
            return null;
        var codeLength = Varint.Length((ulong)protocol.Code);
        var valueStart = codeLength + (protocol.Bits is null ? Varint.Length((ulong)value!.Length) : 0);
        var bytes = new byte[valueStart + value!.Length];
        Varint.Write(bytes, (ulong)protocol.Code);
        if (protocol.Bits is null)
            Varint.Write(bytes.AsSpan(codeLength), (ulong)value.Length);
        value.CopyTo(bytes, valueStart);
        return (bytes, valueStart);
    }

    /// <summary>Finds the bounds of the part that begins at <paramref name="start"/>.</summary>
    static string? ReadPart(ReadOnlySpan<byte> bytes, int start, out MultiaddressProtocol? protocol, out int valueStart, out int end)
    {
        protocol = null;
        valueStart = end = 0;
        if (Varint.TryRead(bytes[start..], out var code, out var codeLength) is var codeResult and not VarintResult.Ok)
            return Cause("the code of a protocol", codeResult);
        if (!MultiaddressProtocols.TryGet(code, out protocol))
            return $"no protocol of addresses has the code {code}.";
        valueStart = start + codeLength;
        var length = (ulong)((protocol.Bits ?? 0) / 8);
        if (protocol.Bits is null)
        {
            if (Varint.TryRead(bytes[valueStart..], out length, out var lengthLength) is var lengthResult and not VarintResult.Ok)
                return Cause($"the length of {protocol.Name}", lengthResult);
            if (length == 0)
                return $"the value of {protocol.Name} is empty.";
            valueStart += lengthLength;
        }

        if (length > (ulong)(bytes.Length - valueStart))
            return $"the value of {protocol.Name} has {length} bytes and {bytes.Length - valueStart} are there.";
        end = valueStart + (int)length;
        return null;
    }

    static string Cause(string what, VarintResult result) => result switch
    {
        VarintResult.Incomplete => $"{what} is cut off.",
        VarintResult.Overflow => $"{what} is longer than {Varint.MaxLength} bytes.",
        _ => $"{what} is not in its shortest form.",
    };

    /// <summary>Takes what stands between the slash that the text begins with and the next.</summary>
    static ReadOnlySpan<char> Take(scoped ref ReadOnlySpan<char> rest)
    {
        var slash = rest[1..].IndexOf('/');
        var taken = slash < 0 ? rest[1..] : rest[1..(slash + 1)];
        rest = slash < 0 ? default : rest[(slash + 1)..];
        return taken;
    }

    /// <summary>What holds between parts, whichever form they come in.</summary>
    struct Rules
    {
        int _count;
        MultiaddressProtocol? _last;

        public string? Broken(MultiaddressProtocol next, int totalBytes)
        {
            var before = _last;
            _last = next;
            if (++_count > Multiaddress.MaxParts)
                return $"it has more than {Multiaddress.MaxParts} parts.";
            if (totalBytes > Multiaddress.MaxBytes)
                return $"it has more than {Multiaddress.MaxBytes} bytes.";
            if (before is { IsPath: true })
                return $"{next.Name} follows {before.Name}, which takes the rest of an address.";
            if (before == MultiaddressProtocols.Ip6Zone && next != MultiaddressProtocols.Ip6)
                return NoIp6;
            return null;
        }

        public readonly string? BrokenAtEnd() => _last == MultiaddressProtocols.Ip6Zone ? NoIp6 : null;

        const string NoIp6 = "an ip6zone has no ip6 behind it.";
    }
}
