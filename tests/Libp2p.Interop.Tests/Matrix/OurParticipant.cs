using Libp2p.Tests.Transports.WebSocket;
using System.Text;
using Libp2p.Interop.Tests.Nodes;
using Libp2p.Security.Plaintext;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Interop.Tests.Matrix;

/// <summary>A node of ours.</summary>
sealed class OurParticipant : Participant
{
    readonly Libp2pNode _node;
    readonly TestProtocols _protocols;
    readonly NodeEvents _events;

    OurParticipant(Libp2pNode node, TestProtocols protocols, NodeEvents events)
    {
        _node = node;
        _protocols = protocols;
        _events = events;
    }

    public override string Peer => _node.Identity.PeerId.ToString();

    static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    public static async Task<Participant> StartAsync(TestCertificates certificates, string[] securities, string[] muxers, string[] transports, bool dialsIn2020)
    {
        var webSocket = new WebSocketOptions { CertificateFile = certificates.Certificate, CertificateKeyFile = certificates.Key, AllowUntrustedOnPrivateAddresses = false };
        webSocket.TrustedRoots.Add(certificates.Root);
        var builder = Libp2pNode.CreateBuilder().UseTcp().UseWebSocket(webSocket).AddIdentify().AddPing();
        foreach (var name in securities)
        {
            _ = name switch
            {
                "noise" => builder.UseNoise(),
                "tls" => builder.UseTls(),
                "secio" => builder.UseLegacySecio(),
                "plaintext" => builder.UsePlaintext(new PlaintextOptions { DialInFormOf2020 = dialsIn2020 }),
                _ => throw new InvalidOperationException($"ours has no {name}"),
            };
        }
        foreach (var name in muxers)
        {
            _ = name switch
            {
                "yamux" => builder.UseYamux(),
                "mplex" => builder.UseMplex(),
                _ => throw new InvalidOperationException($"ours has no {name}"),
            };
        }
        foreach (var transport in transports)
            builder.Listen(Transports.AnyPort(transport));
        var node = builder.Build();
        var ours = new OurParticipant(node, new TestProtocols(node, Reply), new NodeEvents(node));
        await node.StartAsync();
        return ours;
    }

    public override string AddressOf(string transport) =>
        _node.Addresses.Select(address => address.ToString()).First(address => Transports.Of(address) == transport);

    public override async Task<(string Security, string Muxer)> DialAsync(string address) =>
        Describe(await _node.ConnectAsync(Multiaddress.Parse(address, null), Deadline));

    public override async Task<(string Security, string Muxer)> AcceptAsync(string peer) =>
        Describe((await _events.TakeAsync<ConnectionOpened>(e => e.Connection.RemotePeer.ToString() == peer, Deadline)).Connection);

    public override async Task<IReadOnlyCollection<string>> IdentifyAsync(string peer)
    {
        // By itself, as soon as they are connected.
        var identified = await _events.TakeAsync<PeerIdentified>(e => e.Peer.ToString() == peer, Deadline);
        return [.. identified.Info.Protocols.Select(protocol => protocol.ToString())];
    }

    public override async Task PingAsync(string peer) => await _node.PingAsync(PeerId.Parse(peer), Deadline);

    public override async Task<string> ChatAsync(string peer, string text)
    {
        await using var stream = await OpenAsync(peer, TestProtocols.Chat);
        await stream.Output.WriteAsync(Encoding.UTF8.GetBytes(text), Deadline);
        await stream.CloseWriteAsync();
        return Encoding.UTF8.GetString(await stream.ReadToEndAsync(Deadline));
    }

    public override async Task<string> HearAsync(string peer) => await _protocols.MessageAsync(Deadline);

    public override async Task EchoAsync(string peer, int bytes)
    {
        await using var stream = await OpenAsync(peer, TestProtocols.Echo);
        await stream.EchoAsync(bytes, Deadline);
    }

    public override async Task HalfCloseAsync(string peer, int bytes)
    {
        await using var stream = await OpenAsync(peer, TestProtocols.Echo);
        await stream.EchoAfterEndAsync(bytes, Deadline);
    }

    public override async Task CloseAsync(string peer)
    {
        await _node.DisconnectAsync(PeerId.Parse(peer), Deadline);
        await _events.TakeAsync<PeerDisconnected>(e => e.Peer.ToString() == peer, Deadline);
    }

    public override async Task WaitForCloseAsync(string peer, bool saysGoodbye)
    {
        var ended = await _events.TakeAsync<ConnectionEnded>(e => e.Connection.RemotePeer.ToString() == peer, Deadline);
        Assert.True(ended.Reason.Code == CloseCode.RemoteClose || (!saysGoodbye && ended.Reason.Code == CloseCode.LinkLost), $"{ended.Reason}");
    }

    public override async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _events.Ended;
    }

    ValueTask<PeerStream> OpenAsync(string peer, ProtocolId protocol) => _node.OpenStreamAsync(PeerId.Parse(peer), protocol, Deadline);

    static (string Security, string Muxer) Describe(ConnectionInfo connection) => (connection.Security.ToString(), connection.Muxer.ToString());
}
