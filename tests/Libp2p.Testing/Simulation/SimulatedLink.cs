using System.Buffers;
using System.Threading.Channels;

namespace Libp2p.Testing.Simulation;

/// <summary>The wire between two ends: takes what each end sends, and hands it to the other when its time has come.</summary>
internal sealed class SimulatedLink
{
    private const int PacketSize = 16 * 1024;
    private const int PacketsInFlight = 64;

    private readonly SimulatedNetwork _network;
    private readonly LinkPair _atDialer;
    private readonly LinkPair _atListener;

    public SimulatedLink(SimulatedNetwork network, string dialer, string listener, int seed, MemoryPool<byte> dialerPool, MemoryPool<byte> listenerPool, Multiaddress from, Multiaddress to)
    {
        _network = network;
        (DialerNode, ListenerNode) = (dialer, listener);
        _atDialer = new LinkPair(dialerPool, 128 * 1024, from, to);
        _atListener = new LinkPair(listenerPool, 128 * 1024, from, to);
        Done = CarryBothWaysAsync(seed);
    }

    public string DialerNode { get; }

    public string ListenerNode { get; }

    public Link Dialer => _atDialer.Dialer;

    public Link Listener => _atListener.Listener;

    /// <summary>Completes when both directions have ended, and the wire holds nothing any more.</summary>
    public Task Done { get; }

    public bool Joins(string a, string b) => (DialerNode == a && ListenerNode == b) || (DialerNode == b && ListenerNode == a);

    /// <summary>Both ends see a reset.</summary>
    public void Kill()
    {
        _atDialer.Listener.Abort();
        _atListener.Dialer.Abort();
    }

    private async Task CarryBothWaysAsync(int seed)
    {
        var (near, far) = (_atDialer.Listener, _atListener.Dialer);
        await Task.WhenAll(CarryAsync(near, far, new Random(seed)), CarryAsync(far, near, new Random(~seed))).ConfigureAwait(false);
        // What a node still sent when nobody carried it any more is its own memory: it gets that back.
        await near.DisposeAsync().ConfigureAwait(false);
        await far.DisposeAsync().ConfigureAwait(false);
    }

    private async Task CarryAsync(Link from, Link to, Random random)
    {
        await Task.Yield();
        var packets = Channel.CreateBounded<(byte[] Bytes, TimeSpan Due)>(PacketsInFlight);
        var delivering = DeliverAsync(packets.Reader, from, to);
        try
        {
            var last = TimeSpan.Zero;
            while (true)
            {
                var read = await from.Input.ReadAsync().ConfigureAwait(false);
                var bytes = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, PacketSize)).ToArray();
                from.Input.AdvanceTo(read.Buffer.GetPosition(bytes.Length));
                if (bytes.Length == 0 && read.IsCompleted)
                    break;
                last = _network.Schedule(this, bytes.Length, last, random);
                await packets.Writer.WriteAsync((bytes, last)).ConfigureAwait(false);
            }
            packets.Writer.TryComplete();
        }
        catch (Exception e) when (e is Libp2pException or ChannelClosedException)
        {
            packets.Writer.TryComplete(e);
        }
        await delivering.ConfigureAwait(false);
    }

    private async Task DeliverAsync(ChannelReader<(byte[] Bytes, TimeSpan Due)> packets, Link from, Link to)
    {
        try
        {
            await foreach (var (bytes, due) in packets.ReadAllAsync().ConfigureAwait(false))
            {
                await _network.WaitUntilAsync(due).ConfigureAwait(false);
                await _network.WaitForPathAsync(DialerNode, ListenerNode, CancellationToken.None).ConfigureAwait(false);
                await to.Output.WriteAsync(bytes).ConfigureAwait(false);
            }
            await to.Output.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is Libp2pException or ChannelClosedException)
        {
            // One end is gone: so is the link, which the other end hears of a way later.
            await _network.WaitAWayAsync(this).ConfigureAwait(false);
            from.Abort();
            to.Abort();
        }
    }
}
