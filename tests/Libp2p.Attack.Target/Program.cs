// A node of ours in a process of its own, driven by lines on its standard input, telling of itself in lines of JSON.
//
//   Libp2p.Attack.Target LISTEN[,LISTEN…] [KEEPALIVE-MS | CERTIFICATE KEY]
//
// With a certificate it also speaks WebSocket, and TLS after Noise.
//
//   state          tells its state            collect        collects garbage first
//   dial ADDRESS   connects, begins traffic   end of input   stops the node in good order
using System.Text.Json;
using Libp2p;
using Libp2p.Attack.Target;
using Libp2p.Muxers.Yamux;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Transports.WebSocket;

var failures = new Failures();
CountingMuxer? muxer = null;
var yamux = args.Length == 2
    ? new YamuxOptions { KeepAlive = TimeSpan.FromMilliseconds(int.Parse(args[1])), WriteTimeout = TimeSpan.FromMilliseconds(int.Parse(args[1])) }
    : new YamuxOptions();
var builder = Libp2pNode.CreateBuilder()
    .UseTcp().UseNoise().Use(IMuxerProtocol (c) => muxer = new CountingMuxer(new YamuxMuxer(yamux, c.TimeProvider)))
    .AddIdentify().AddPing().AddGossipsub().UseLogging(failures);
if (args.Length == 3)
    builder.UseTls().UseWebSocket(new WebSocketOptions { CertificateFile = args[1], CertificateKeyFile = args[2] });
foreach (var address in args[0].Split(','))
    builder.Listen(address);
await using var node = await builder.StartAsync();
using var echo = node.Handle(Traffic.Echo, Traffic.EchoAsync);
using var room = node.Get<GossipsubService>().Subscribe(Traffic.Room);
var answering = Traffic.AnswerAsync(node.Get<GossipsubService>(), room);
// Watched from here on: what happens once the address is known is told, however late the pool gets to it.
var watched = node.WatchAsync();
var events = Task.Run(async () =>
{
    await foreach (var nodeEvent in watched)
    {
        if (nodeEvent is ConnectionOpened opened)
            Tell(new { Opened = opened.Connection.RemotePeer.ToString() });
        if (nodeEvent is ConnectionEnded ended)
            Tell(new { Ended = ended.Connection.RemotePeer.ToString(), Code = ended.Reason.Code.ToString(), Reason = ended.Reason.ToString() });
    }
});
Tell(new { Address = node.Addresses[0].ToString(), Port = node.ListenAddresses[0].Parts[1].Value, Peer = node.Identity.PeerId.ToString() });

while (await Console.In.ReadLineAsync() is { } line)
{
    var words = line.Split(' ');
    switch (words[0])
    {
        case "dial":
            _ = Traffic.RunAsync(node, Multiaddress.Parse(words[1]), Tell);
            continue;
        case "collect":
            TargetState.Collect();
            break;
    }
    Tell(new { State = State() });
}
return 0;

TargetState State()
{
    var pubsub = node.Get<GossipsubService>().Inspect();
    return new()
    {
        Managed = GC.GetTotalMemory(forceFullCollection: false),
        Resident = Environment.WorkingSet,
        Rented = node.Pool.RentedBytes,
        Sockets = TargetState.CountSockets(),
        Connections = node.Connections.Count,
        Sessions = muxer!.Sessions,
        Streams = muxer.Streams,
        Timers = Timer.ActiveCount,
        Blamed = pubsub.Peers.Count(p => p.Score.Score < 0),
        Topics = pubsub.Topics.Count,
        Failures = failures.All,
    };
}

void Tell(object value)
{
    lock (failures)
        Console.Out.WriteLine(JsonSerializer.Serialize(value));
}
