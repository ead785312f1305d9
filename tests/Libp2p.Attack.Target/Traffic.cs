using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Attack.Target;

/// <summary>What two targets do with each other: echoes over several streams, until the connection ends.</summary>
public static class Traffic
{
    const int Streams = 4;

    /// <summary>The protocol that returns what it gets.</summary>
    public static ProtocolId Echo { get; } = "/tincan/test/echo/1.0.0";

    /// <summary>The room in which a target answers those who greet.</summary>
    public const string Room = "room";

    /// <summary>What a greeting begins with; the answer is the rest of it, behind <see cref="Answer"/>.</summary>
    public static ReadOnlySpan<byte> Greeting => "hello "u8;

    /// <summary>What an answer begins with.</summary>
    public static ReadOnlySpan<byte> Answer => "heard "u8;

    /// <summary>Answers each greeting in the room, until the subscription ends.</summary>
    public static async Task AnswerAsync(IPubsub pubsub, IPubsubSubscription room)
    {
        await foreach (var message in room)
        {
            if (message.Data.Span.StartsWith(Greeting))
                await pubsub.PublishAsync(Room, (byte[])[.. Answer, .. message.Data.Span[Greeting.Length..]]);
        }
    }

    /// <summary>Returns what it gets until the other side ends.</summary>
    public static Task EchoAsync(PeerStream stream, CancellationToken cancellationToken) => stream.Input.CopyToAsync(stream.Output, cancellationToken);

    internal static async Task RunAsync(Libp2pNode node, Multiaddress address, Action<object> tell)
    {
        try
        {
            var connection = await node.ConnectAsync(address);
            await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => SendAsync(node, connection)));
        }
        catch (Libp2pException e)
        {
            tell(new { Failed = e.Message });
        }
    }

    static async Task SendAsync(Libp2pNode node, ConnectionInfo connection)
    {
        var bytes = new byte[32 * 1024];
        await using var stream = await node.OpenStreamAsync(connection, Echo);
        while (true)
        {
            await stream.Output.WriteAsync(bytes);
            var read = await stream.Input.ReadAtLeastAsync(bytes.Length);
            stream.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }
}
