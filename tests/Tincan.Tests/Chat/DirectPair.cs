using System.Text;
using System.Threading.Channels;
using Libp2p;
using Libp2p.Testing;
using Libp2p.Transports.Memory;
using Tincan.Chat;

namespace Tincan.Tests.Chat;

/// <summary>A node that takes direct messages by both protocols, and one that sends what it likes. The clock stands.</summary>
internal sealed class DirectPair : IAsyncDisposable
{
    private readonly MemoryNetwork _network;

    private DirectPair(MemoryNetwork network, Libp2pNode receiver, Libp2pNode sender, DirectInbox inbox, DirectChat workshop, UniversalDirect universal, ManualTimeProvider time)
    {
        _network = network;
        (Receiver, Sender, Inbox, Workshop, Universal, Time) = (receiver, sender, inbox, workshop, universal, time);
        inbox.Received = async (_, text, token) => await Received.Writer.WriteAsync(text, token);
    }

    public Libp2pNode Receiver { get; }

    public Libp2pNode Sender { get; }

    public DirectInbox Inbox { get; }

    /// <summary>The workshop's protocol at the sender.</summary>
    public DirectChat Workshop { get; }

    /// <summary>The protocol of universal-connectivity at the sender.</summary>
    public UniversalDirect Universal { get; }

    public ManualTimeProvider Time { get; }

    /// <summary>The texts that were received.</summary>
    public Channel<string> Received { get; } = Channel.CreateBounded<string>(1000);

    public PeerId To => Receiver.Identity.PeerId;

    public static async Task<DirectPair> StartAsync(DirectChatOptions? receiving = null, bool isWorkshopServed = true)
    {
        var (time, network) = (new ManualTimeProvider(), new MemoryNetwork());
        var inbox = new DirectInbox(timeProvider: time);
        var builder = Builder(network, time).Add(_ => new UniversalDirect(inbox, receiving, time)).Listen("/memory/0");
        if (isWorkshopServed)
            builder.Add(_ => new DirectChat(inbox, receiving, time));
        var receiver = await builder.StartAsync();
        var outbox = new DirectInbox(timeProvider: time);
        var (workshop, universal) = (new DirectChat(outbox, timeProvider: time), new UniversalDirect(outbox, timeProvider: time));
        var sender = await Builder(network, time).Add(_ => workshop).Add(_ => universal).StartAsync();
        await sender.ConnectAsync(receiver.Addresses[0]);
        return new DirectPair(network, receiver, sender, inbox, workshop, universal, time);
    }

    /// <summary>Starts a node that answers each message on the same stream, and connects the sender to it.</summary>
    public async Task<Libp2pNode> StartReplierAsync(string reply)
    {
        var replier = await Builder(_network, Time).Listen("/memory/0").StartAsync();
        replier.Handle(DirectChat.Protocol, async (stream, token) =>
        {
            while (await stream.Input.ReadAsync(token) is { IsCompleted: false } read)
                stream.Input.AdvanceTo(read.Buffer.End);
            await stream.Output.WriteAsync(Encoding.UTF8.GetBytes(reply), token);
        });
        await Sender.ConnectAsync(replier.Addresses[0]);
        return replier;
    }

    /// <summary>Waits until the receiver has admitted the next message, and has had time to set its deadline, which is what it does then.</summary>
    public async Task WaitForAdmissionAsync()
    {
        var admitted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Inbox.IsIgnored = _ =>
        {
            admitted.TrySetResult();
            return false;
        };
        await admitted.Task;
        for (var i = 0; i < 1_000; i++)
            await Task.Yield();
    }

    public async ValueTask DisposeAsync()
    {
        await Sender.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    private static NodeBuilder Builder(MemoryNetwork network, TimeProvider time) =>
        Libp2pNode.CreateBuilder().UseTimeProvider(time).UseMemory(network).UseNoise().UseYamux();
}
