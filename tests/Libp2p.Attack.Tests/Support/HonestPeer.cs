using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using Libp2p.Attack.Target;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Protocols.Ping;

namespace Libp2p.Attack.Tests.Support;

/// <summary>A well-behaved peer that measures how it is served.</summary>
sealed class HonestPeer : IAsyncDisposable
{
    /// <summary>How often it knocks; all of it counts as the time of its dial.</summary>
    const int Attempts = 4;

    static readonly TimeSpan KnockAgain = TimeSpan.FromMilliseconds(50);

    static readonly byte[] Message = "Is anybody there?"u8.ToArray();

    readonly Libp2pNode _node;
    readonly ConnectionInfo _connection;
    readonly IPubsubSubscription _room;
    readonly CancellationTokenSource _leaving = new();
    readonly Lock _gate = new();
    Task _watching = Task.CompletedTask;

    HonestPeer(Libp2pNode node, ConnectionInfo connection, TimeSpan dialTime)
    {
        _node = node;
        _connection = connection;
        DialTime = dialTime;
        _room = node.Get<GossipsubService>().Subscribe(Traffic.Room);
    }

    public TimeSpan DialTime { get; }

    public TimeSpan WorstPing { get; private set; }

    public TimeSpan WorstEcho { get; private set; }

    public TimeSpan WorstChat { get; private set; }

    public int Rounds { get; private set; }

    /// <summary>Comes from an address of its own.</summary>
    /// <param name="field">Where.</param>
    /// <param name="speaks">What it speaks; null for Noise over TCP.</param>
    /// <param name="over">What stands behind the victim's port in the address that it dials.</param>
    public static async Task<HonestPeer> ComeAsync(Field field, Action<NodeBuilder>? speaks = null, string over = "")
    {
        var node = await field.StartNodeAsync(builder => builder.AddPing().AddIdentify().AddGossipsub(), speaks: speaks);
        var address = field.VictimAddressOver(over);
        var began = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var connection = await node.ConnectAsync(address);
                // Who dials is done before the victim is, whose place for it may go to another until then: let in is who is answered.
                await node.Get<PingService>().PingAsync(connection.RemotePeer);
                return new HonestPeer(node, connection, Stopwatch.GetElapsedTime(began));
            }
            catch (Libp2pException) when (attempt < Attempts)
            {
                // In the first moments of a flood its place may go to another: whoever is turned away knocks again, a little later
                // each time. The time goes on.
                await Task.Delay(KnockAgain * attempt);
            }
            catch
            {
                await node.DisposeAsync();
                throw;
            }
        }
    }

    public async Task<TimeSpan> PingAsync() => await _node.Get<PingService>().PingAsync(_connection.RemotePeer);

    /// <summary>Opens a stream, says something, and has it said back.</summary>
    public async Task<TimeSpan> EchoAsync()
    {
        var began = Stopwatch.GetTimestamp();
        await using var stream = await _node.OpenStreamAsync(_connection, Field.Echo);
        await stream.Output.WriteAsync(Message);
        var read = await stream.Input.ReadAtLeastAsync(Message.Length);
        Assert.Equal(Message, read.Buffer.ToArray());
        stream.Input.AdvanceTo(read.Buffer.End);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Says something in the room, and waits for the victim's answer.</summary>
    public async Task<TimeSpan> ChatAsync()
    {
        var word = Guid.NewGuid().ToByteArray();
        var pubsub = _node.Get<GossipsubService>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!pubsub.GetSubscribers(Traffic.Room).Contains(_connection.RemotePeer))
            await Task.Delay(5, patience.Token);
        var began = Stopwatch.GetTimestamp();
        await pubsub.PublishAsync(Traffic.Room, (byte[])[.. Traffic.Greeting, .. word], patience.Token);
        await foreach (var message in _room.WithCancellation(patience.Token))
        {
            if (message.Data.Span.EndsWith(word))
                break;
        }
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Begins to ping and to talk without pause.</summary>
    public void BeginWatching() => _watching = WatchAsync();

    /// <summary>Waits until it was served once since the last time, or cut off: an attack may be over sooner than that takes.</summary>
    public async Task WaitForRoundAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Rounds == 0 && !_watching.IsCompleted)
            await Task.Delay(5, patience.Token);
    }

    /// <summary>Fails where it was served badly since the last time; begins anew.</summary>
    public (TimeSpan Ping, TimeSpan Echo, TimeSpan Chat, int Rounds) TakeWorst()
    {
        Assert.False(_watching.IsCompleted, $"The honest peer was cut off: {_watching.Exception?.InnerException?.Message}");
        lock (_gate)
        {
            var worst = (WorstPing, WorstEcho, WorstChat, Rounds);
            (WorstPing, WorstEcho, WorstChat, Rounds) = (default, default, default, 0);
            return worst;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _watching.WaitAsync(TimeSpan.FromSeconds(30));
        await _node.DisposeAsync();
    }

    async Task WatchAsync()
    {
        while (!_leaving.IsCancellationRequested)
        {
            var ping = await PingAsync();
            var echo = await EchoAsync();
            var chat = await ChatAsync();
            lock (_gate)
            {
                WorstPing = ping > WorstPing ? ping : WorstPing;
                WorstEcho = echo > WorstEcho ? echo : WorstEcho;
                WorstChat = chat > WorstChat ? chat : WorstChat;
                Rounds++;
            }
            await Task.Delay(20);
        }
    }
}
