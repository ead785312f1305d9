namespace Libp2p.Fuzz.Tests.Targets;

/// <summary>Every target by its name.</summary>
internal static class AllTargets
{
    private static readonly Dictionary<string, Func<FuzzTarget>> Makers = new Func<FuzzTarget>[]
    {
        MultiformatTargets.VarintBytes, MultiformatTargets.MultibaseText, MultiformatTargets.MultihashBytes, MultiformatTargets.CidBytes, MultiformatTargets.CidText,
        AddressTargets.MultiaddressBytes, AddressTargets.MultiaddressText, DnsTargets.DnsMessages,
        IdentityTargets.PeerIdBytes, IdentityTargets.PeerIdText, IdentityTargets.KeyProtobuf, IdentityTargets.PublicKeyBytes, IdentityTargets.PrivateKeyText,
        IdentityTargets.EcdsaSignature, IdentityTargets.EnvelopeBytes, IdentityTargets.PeerRecordBytes,
        MessageTargets.LengthPrefix, MessageTargets.MultistreamMessages, MessageTargets.ProtocolName, MessageTargets.IdentifyParts,
        TlsTargets.CertificateBytes, TlsTargets.CertificateVerdict, TlsTargets.Records,
        NoiseTargets.Payload, NoiseTargets.Frames, NoiseTargets.Handshake,
        YamuxTargets.Header, YamuxTargets.Machine, MplexTargets.MplexHeaders, MplexTargets.MplexSession,
        SecurityTargets.PlaintextExchanges, SecurityTargets.SecioMessages,
        GossipsubTargets.GossipsubRpc, GossipsubTargets.GossipsubMessage,
        ChatTargets.WorkshopMessages, ChatTargets.UniversalMessages, ChatTargets.CutTexts,
        WebSocketTargets.HttpRequest, WebSocketTargets.HttpResponse, WebSocketTargets.Forwarded,
        PrivateNetworkTargets.KeyFile,
    }.ToDictionary(m => m.Method.Name);

    public static IEnumerable<string> Names => Makers.Keys;

    public static FuzzTarget Create(string name) => Makers[name]();
}
