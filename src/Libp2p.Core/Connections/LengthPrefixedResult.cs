namespace Libp2p;

/// <summary>What reading a length-prefixed message came to.</summary>
public enum LengthPrefixedResult
{
    /// <summary>A whole message was read.</summary>
    Ok,

    /// <summary>The input ends inside the message: more bytes may complete it.</summary>
    Incomplete,

    /// <summary>The length is beyond what the reader allows, which no more input can mend.</summary>
    TooLong,

    /// <summary>The length is no varint, which no more input can mend.</summary>
    Malformed,
}
