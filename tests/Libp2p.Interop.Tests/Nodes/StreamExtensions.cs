using System.Buffers;
using System.Security.Cryptography;

namespace Libp2p.Interop.Tests.Nodes;

/// <summary>What the tests do with a stream.</summary>
static class StreamExtensions
{
    const int Piece = 64 * 1024;

    /// <summary>Reads to the end into one array.</summary>
    public static async Task<byte[]> ReadToEndAsync(this PeerStream stream, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        await stream.Input.CopyToAsync(all, cancellationToken);
        return all.ToArray();
    }

    /// <summary>Reads to the end and counts.</summary>
    public static async Task<long> CountToEndAsync(this PeerStream stream, CancellationToken cancellationToken)
    {
        for (long count = 0; ;)
        {
            var read = await stream.Input.ReadAsync(cancellationToken);
            count += read.Buffer.Length;
            stream.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return count;
        }
    }

    /// <summary>Sends so many bytes, ends writing, and reads what returns at the same time; fails where it is not the same.</summary>
    public static async Task EchoAsync(this PeerStream stream, int bytes, CancellationToken cancellationToken)
    {
        var content = RandomNumberGenerator.GetBytes(bytes);
        var returning = stream.ReadToEndAsync(cancellationToken);
        for (var sent = 0; sent < bytes; sent += Piece)
            await stream.Output.WriteAsync(content.AsMemory(sent, Math.Min(Piece, bytes - sent)), cancellationToken);
        await stream.CloseWriteAsync();
        AssertSame(content, await returning);
    }

    /// <summary>Sends all of it in one write, ends writing, and only then reads.</summary>
    public static async Task EchoAfterEndAsync(this PeerStream stream, int bytes, CancellationToken cancellationToken)
    {
        var content = RandomNumberGenerator.GetBytes(bytes);
        await stream.Output.WriteAsync(content, cancellationToken);
        await stream.CloseWriteAsync();
        AssertSame(content, await stream.ReadToEndAsync(cancellationToken));
    }

    static void AssertSame(byte[] sent, byte[] returned)
    {
        Assert.Equal(sent.Length, returned.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(sent)), Convert.ToHexStringLower(SHA256.HashData(returned)));
    }
}
