using System.IO.Pipelines;

namespace Libp2p.Protocols.Perf;

/// <summary>The two hot loops: zeros out, a count in. Neither allocates for a portion.</summary>
internal static class PerfTransfer
{
    /// <summary>What is written at once.</summary>
    private const int Portion = 256 * 1024;

    private static readonly byte[] Zeros = new byte[Portion];

    /// <summary>Sends so many bytes, and flushes even where they are none.</summary>
    public static async ValueTask SendAsync(PeerStream stream, ulong count, CancellationToken cancellationToken)
    {
        do
        {
            var portion = (int)Math.Min(count, Portion);
            var flushed = await stream.Output.WriteAsync(Zeros.AsMemory(0, portion), cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted || flushed.IsCanceled)
                throw new Libp2pException(Libp2pError.StreamReset, $"{stream.RemotePeer} stopped reading.");
            count -= (ulong)portion;
        }
        while (count > 0);
    }

    /// <summary>Reads to the end.</summary>
    /// <returns>The bytes that came.</returns>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ProtocolViolation"/> where they are more than allowed.</exception>
    public static async ValueTask<ulong> CountAsync(PipeReader input, ulong max, CancellationToken cancellationToken)
    {
        ulong count = 0;
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            count += (ulong)read.Buffer.Length;
            input.AdvanceTo(read.Buffer.End);
            if (count > max)
                throw new Libp2pException(Libp2pError.ProtocolViolation, $"The peer sent more than the {max} bytes that it was asked for.");
            if (read.IsCompleted)
                return count;
        }
    }
}
