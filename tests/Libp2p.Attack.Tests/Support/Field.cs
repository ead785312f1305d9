using System.Net;
using System.Net.Sockets;
using Libp2p.Attack.Target;
using Libp2p.Negotiation;
using Libp2p.Security.Noise;
using Libp2p.Transports.Tcp;

namespace Libp2p.Attack.Tests.Support;

/// <summary>What an attacker has: a victim, and addresses to come from.</summary>
sealed class Field(AttackNetwork network, TargetProcess victim, Random random)
{
    static readonly NoiseProtocol Noise = new();

    public TargetProcess Victim => victim;

    public Random Random => random;

    public BufferPool Pool { get; } = new();

    public Multiaddress VictimAddress => VictimAddressOver("");

    /// <summary>Where the victim is reached by what runs over its TCP port, such as <c>/ws</c>.</summary>
    public Multiaddress VictimAddressOver(string over) => victim.AddressAt(network.VictimAddress, over);

    /// <summary>An address that nobody has used yet.</summary>
    public IPAddress NextAddress() => network.NextAddress();

    /// <summary>Connects from an address; closing the socket resets the connection, so that ports do not run out.</summary>
    public async Task<Socket> ConnectAsync(IPAddress from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(new IPEndPoint(network.VictimAddress, victim.Port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects and proves an identity, as far as frames of yamux can be sent.</summary>
    public async Task<YamuxAttacker> AuthenticateAsync(IPAddress from, Identity? identity = null)
    {
        var socket = await ConnectAsync(from);
        var link = new TcpLink(socket, Pool);
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var proposed = new ProposedLink(link, NoiseProtocol.ProtocolId);
            var secure = await Noise.SecureAsync(
                proposed, new HandshakeContext(identity ?? Identity.Generate(), Role.Dialer, victim.Peer, ["/yamux/1.0.0"]), patience.Token);
            await secure.Output.FlushAsync(patience.Token);
            return new YamuxAttacker(secure, link);
        }
        catch
        {
            link.Abort();
            throw;
        }
    }

    /// <summary>A node of ours that dials from an address of its own.</summary>
    /// <param name="configure">Adds to it.</param>
    /// <param name="at">Its address; null for one that nobody has used yet.</param>
    /// <param name="speaks">Its security protocol, and what it has over TCP; null for Noise over TCP alone.</param>
    public async Task<Libp2pNode> StartNodeAsync(Action<NodeBuilder>? configure = null, IPAddress? at = null, Action<NodeBuilder>? speaks = null)
    {
        var builder = Libp2pNode.CreateBuilder().UseTcp().UseYamux().Listen($"/ip4/{at ?? NextAddress()}/tcp/0");
        (speaks ?? (b => b.UseNoise()))(builder);
        configure?.Invoke(builder);
        return await builder.StartAsync();
    }

    /// <summary>Runs something many times, several at once.</summary>
    public static Task RepeatAsync(int times, int atOnce, Func<int, Task> action) =>
        Parallel.ForEachAsync(Enumerable.Range(0, times), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) => await action(i));

    /// <summary>An honest peer that comes now: in within two seconds, with a ping under one.</summary>
    public async Task<(TimeSpan Dial, TimeSpan Ping)> WelcomeNewcomerAsync()
    {
        await using var honest = await HonestPeer.ComeAsync(this);
        return (honest.DialTime, await honest.PingAsync());
    }

    /// <summary>The victim, as the echo knows it.</summary>
    public static ProtocolId Echo => Traffic.Echo;
}
