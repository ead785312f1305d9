using System.Threading.Channels;
using Libp2p;
using Libp2p.Testing;
using Libp2p.Transports.Memory;
using Tincan.Chat;
using Tincan.Chat.History;
using Tincan.Chat.Rooms;

namespace Tincan.Tests.Chat.Rooms;

/// <summary>The rooms of one chat on a node of its own, with what they told.</summary>
internal sealed class RoomHarness : IAsyncDisposable
{
    /// <summary>How long anything may take on a machine that is busy: a bound of being alive, not of speed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Channel<ChatEvent> _told = Channel.CreateBounded<ChatEvent>(10_000);

    private RoomHarness(Libp2pNode node, FakePubsub pubsub, ChatHistory history)
    {
        Node = node;
        Pubsub = pubsub;
        History = history;
        Rooms = new ChatRooms(node, pubsub, history) { Tell = e => _told.Writer.WriteAsync(e) };
    }

    public Libp2pNode Node { get; }

    public FakePubsub Pubsub { get; }

    public ChatHistory History { get; }

    public ChatRooms Rooms { get; }

    public PeerId Peer => Node.Identity.PeerId;

    public static async Task<RoomHarness> StartAsync(FakeNetwork network, TimeProvider time, HistoryOptions? history = null)
    {
        var node = await Libp2pNode.CreateBuilder().UseTimeProvider(time).UseMemory(new MemoryNetwork()).UseNoise().UseYamux().StartAsync();
        return new RoomHarness(node, network.Add(node.Identity.PeerId), ChatHistory.Open(history ?? HistoryOptions.InMemory, time));
    }

    /// <summary>Waits for the next event of that kind; others before it are passed over.</summary>
    public async Task<T> NextAsync<T>()
        where T : ChatEvent
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await _told.Reader.ReadAsync(patience.Token) is T wanted)
                return wanted;
        }
    }

    /// <summary>What was told and not yet looked at.</summary>
    public IEnumerable<ChatEvent> Told()
    {
        while (_told.Reader.TryRead(out var told))
            yield return told;
    }

    public async ValueTask DisposeAsync()
    {
        await Rooms.DisposeAsync();
        await History.DisposeAsync();
        await Node.DisposeAsync();
    }
}
