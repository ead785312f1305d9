namespace Libp2p;

/// <summary>A protocol that a part of a <see cref="Multiaddress"/> may name: a row of the table of the multiaddr specification.</summary>
public sealed class MultiaddressProtocol
{
    readonly AddressValueCodec? _codec;

    internal MultiaddressProtocol(int code, string name, int? bits = 0, AddressValueCodec? codec = null, bool isPath = false)
    {
        Code = code;
        Name = name;
        Bits = bits;
        IsPath = isPath;
        _codec = codec;
    }

    /// <summary>Its number in the multicodec table, which stands before its value in the binary form.</summary>
    public int Code { get; }

    /// <summary>Its name in the text form.</summary>
    public string Name { get; }

    /// <summary>Bits of its value: 0 where it has none, null where the length varies and stands before the value.</summary>
    public int? Bits { get; }

    /// <summary>Whether a value follows it.</summary>
    public bool HasValue => Bits != 0;

    /// <summary>Whether its value takes the rest of the text, slashes and all, so that nothing may follow it.</summary>
    public bool IsPath { get; }

    internal AddressValueCodec Codec => _codec ?? throw new InvalidOperationException($"{Name} takes no value.");

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
