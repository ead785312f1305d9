namespace Libp2p.Protocols.Gossipsub;

/// <summary>What an RPC holds beside messages: subscriptions and control (gossipsub specifications v1.0 to v1.2). Filled by one owner.</summary>
internal sealed class RpcContent
{
    public List<SubscriptionChange> Subscriptions { get; } = [];

    public List<IHave> IHave { get; } = [];

    public List<PubsubMessageId> IWant { get; } = [];

    public List<string> Graft { get; } = [];

    public List<Prune> Prune { get; } = [];

    public List<PubsubMessageId> IDontWant { get; } = [];

    public bool IsEmpty => Subscriptions.Count + Graft.Count + Prune.Count == 0 && !HasGossip;

    /// <summary>Whether a part of it may be lost without harm to the mesh.</summary>
    public bool HasGossip => IHave.Count + IWant.Count + IDontWant.Count > 0;

    /// <summary>Takes out what may be lost.</summary>
    public void DropGossip()
    {
        IHave.Clear();
        IWant.Clear();
        IDontWant.Clear();
    }
}

/// <summary>A peer begins or ends being subscribed to a topic.</summary>
internal readonly record struct SubscriptionChange(string Topic, bool Subscribe);

/// <summary>A peer has messages of a topic.</summary>
internal readonly record struct IHave(string Topic, List<PubsubMessageId> Ids);

/// <summary>A peer leaves our mesh of a topic, or takes us out of its own.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="BackoffSeconds">How long not to graft; null where it was not said.</param>
/// <param name="Peers">Others to graft instead.</param>
internal readonly record struct Prune(string Topic, ulong? BackoffSeconds, List<ExchangedPeer> Peers);

/// <summary>A peer of the topic that is recommended to whoever was pruned.</summary>
/// <param name="Peer">Who.</param>
/// <param name="SignedRecord">Its signed peer record as an envelope, not verified; empty where there is none.</param>
internal readonly record struct ExchangedPeer(PeerId Peer, ReadOnlyMemory<byte> SignedRecord);
