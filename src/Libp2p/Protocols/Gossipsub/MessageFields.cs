namespace Libp2p.Protocols.Gossipsub;

/// <summary>The fields of a message as they lie in what a peer sent (pubsub specification, "The Message"). Absent and empty are told apart where signatures do.</summary>
internal ref struct MessageFields
{
    /// <summary>The author's peer id; empty where there is none.</summary>
    public ReadOnlySpan<byte> From;

    /// <summary>The content.</summary>
    public ReadOnlySpan<byte> Data;

    /// <summary>Whether the content is there, be it empty.</summary>
    public bool HasData;

    /// <summary>The author's number, big-endian.</summary>
    public ReadOnlySpan<byte> SequenceNumber;

    /// <summary>The topic's name in UTF-8.</summary>
    public ReadOnlySpan<byte> Topic;

    /// <summary>How many topics there are: the messages of 2020 could name several.</summary>
    public int TopicCount;

    /// <summary>The author's signature.</summary>
    public ReadOnlySpan<byte> Signature;

    /// <summary>The author's key as protobuf.</summary>
    public ReadOnlySpan<byte> Key;
}
