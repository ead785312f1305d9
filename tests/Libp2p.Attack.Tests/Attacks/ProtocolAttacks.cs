using System.Buffers;
using System.Net;
using Libp2p.Attack.Tests.Support;
using Libp2p.Protocols.Identify;
using Libp2p.Protocols.Ping;

namespace Libp2p.Attack.Tests.Attacks;

/// <summary>What peers can do with the protocols that a node serves.</summary>
static class ProtocolAttacks
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Messages of identify that nobody should say, by what is wrong with them.</summary>
    public static readonly IReadOnlyDictionary<string, byte[]> BadIdentities = new Dictionary<string, byte[]>
    {
        ["a length of 2 GiB, and 4 MiB of it"] = [0xff, 0xff, 0xff, 0xff, 0x07, .. new byte[4 << 20]],
        ["groups nested 4,000 deep"] = Prefixed([.. Enumerable.Repeat((byte)0x0b, 4000)]),
        ["10,000 addresses"] = [.. Enumerable.Range(0, 10).SelectMany(part => Prefixed([.. Enumerable.Range(0, 1000).SelectMany(i => Address((part * 1000) + i))]))],
        ["parts without end"] = [.. Enumerable.Repeat(Prefixed([.. Address(1)]), 1000).SelectMany(part => part)],
        ["control characters in its name"] = Prefixed([0x32, 7, .. "\u001b[2J\u0007\n\r"u8]),
    };

    /// <summary>Every bad message, as an answer and as a push.</summary>
    public static async Task LieAboutIdentityAsync(Field field, Func<Task> newcomer)
    {
        foreach (var message in BadIdentities.Values)
        {
            await using var node = await field.StartNodeAsync();
            using var answer = node.Handle(IdentifyService.Protocol, (stream, _) => SendAsync(stream, message));
            var connection = await node.ConnectAsync(field.VictimAddress);
            for (var i = 0; i < 4; i++)
                await PushAsync(node, connection, message);
        }
        await newcomer();
    }

    /// <summary>2,000 pushes of identify from ten peers.</summary>
    public static async Task FloodPushesAsync(Field field, Func<Task> newcomer)
    {
        var message = Prefixed([.. Enumerable.Range(0, 300).SelectMany(Address)]);
        for (var peer = 0; peer < 10; peer++)
        {
            await using var node = await field.StartNodeAsync();
            var connection = await node.ConnectAsync(field.VictimAddress);
            await Field.RepeatAsync(200, 8, _ => PushAsync(node, connection, message));
            if (peer == 5)
                await newcomer();
        }
    }

    /// <summary>A third stream of ping beside two that are served.</summary>
    public static async Task PingOnManyStreamsAsync(Field field, Func<Task> newcomer)
    {
        await using var node = await field.StartNodeAsync();
        var connection = await node.ConnectAsync(field.VictimAddress);
        var streams = new List<PeerStream>();
        for (var i = 0; i < 20; i++)
        {
            var stream = await node.OpenStreamAsync(connection, PingService.Protocol);
            streams.Add(stream);
            var served = await IsServedAsync(stream);
            Assert.Equal(i < 2, served);
        }
        await newcomer();
        Assert.True(await IsServedAsync(streams[0]), "The first stream of ping is not served any more.");
        foreach (var stream in streams)
            stream.Reset();
    }

    /// <summary>One peer with twelve connections, and one address with twelve peers: eight of each are taken.</summary>
    public static async Task ConnectTooOftenAsync(Field field, Func<Task> newcomer)
    {
        var identity = Identity.Generate();
        await using (var peers = new Crowd())
        {
            for (var i = 0; i < 12; i++)
                await peers.AddAsync(await field.AuthenticateAsync(field.NextAddress(), identity));
            Assert.Equal(8, await peers.CountServedAsync(8));
        }
        var address = field.NextAddress();
        await using (var peers = new Crowd())
        {
            for (var i = 0; i < 12; i++)
                await peers.AddAsync(await field.AuthenticateAsync(address));
            await newcomer();
            Assert.Equal(8, await peers.CountServedAsync(8));
        }
    }

    static byte[] Prefixed(byte[] message)
    {
        var prefix = new byte[Varint.MaxLength];
        return [.. prefix[..Varint.Write(prefix, (ulong)message.Length)], .. message];
    }

    /// <summary>A field of the message: an address of 198.51.x.y.</summary>
    static IEnumerable<byte> Address(int i) => [0x12, 8, 4, 198, 51, (byte)(i >> 8), (byte)i, 6, 16, 0];

    static async Task SendAsync(PeerStream stream, byte[] message)
    {
        using var patience = new CancellationTokenSource(Patience);
        await stream.Output.WriteAsync(message, patience.Token);
    }

    static async Task PushAsync(Libp2pNode node, ConnectionInfo connection, byte[] message)
    {
        try
        {
            await using var stream = await node.OpenStreamAsync(connection, IdentifyService.PushProtocol);
            await SendAsync(stream, message);
            await stream.Output.CompleteAsync();
            using var patience = new CancellationTokenSource(Patience);
            await stream.Input.ReadAsync(patience.Token);
        }
        catch (Libp2pException)
        {
            // Refused, as it should be.
        }
    }

    static async Task<bool> IsServedAsync(PeerStream stream)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await stream.Output.WriteAsync(new byte[PingService.PayloadLength], patience.Token);
            var read = await stream.Input.ReadAtLeastAsync(PingService.PayloadLength, patience.Token);
            stream.Input.AdvanceTo(read.Buffer.End);
            return read.Buffer.Length == PingService.PayloadLength;
        }
        catch (Libp2pException)
        {
            return false;
        }
    }
}
