using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>32 bytes there and back on an echo stream.</summary>
internal static class EchoExchange
{
    public const int Length = 32;

    private static readonly byte[] Message = [.. Enumerable.Repeat((byte)7, Length)];

    public static async ValueTask OnceAsync(IDuplexPipe stream)
    {
        await stream.Output.WriteAsync(Message);
        var read = await stream.Input.ReadAtLeastAsync(Length);
        if (read.Buffer.Length != Length)
            throw new IOException($"{read.Buffer.Length} bytes came back of {Length}.");
        stream.Input.AdvanceTo(read.Buffer.End);
    }

    /// <summary>Opens, exchanges once, closes, and sees the other side's end.</summary>
    public static async Task OnStreamOfItsOwnAsync(Libp2pNode node, PeerId peer)
    {
        await using var stream = await node.OpenStreamAsync(peer, PeerNode.EchoProtocol);
        await OnceAsync(stream);
        await stream.CloseWriteAsync();
        var end = await stream.Input.ReadAsync();
        if (!end.Buffer.IsEmpty || !end.IsCompleted)
            throw new IOException("More came back than was sent.");
        stream.Input.AdvanceTo(end.Buffer.End);
    }
}
