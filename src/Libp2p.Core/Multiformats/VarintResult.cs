namespace Libp2p;

/// <summary>What reading a <see cref="Varint"/> came to.</summary>
public enum VarintResult
{
    /// <summary>A value was read.</summary>
    Ok,

    /// <summary>The input ends inside the number: more bytes may complete it.</summary>
    Incomplete,

    /// <summary>The number runs past nine bytes, which no more input can mend.</summary>
    Overflow,

    /// <summary>The number has a shorter encoding than the one it came in, which the specification forbids.</summary>
    NotMinimal,
}
