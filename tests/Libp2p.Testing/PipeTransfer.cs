using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace Libp2p.Testing;

/// <summary>What tests do with pipes: send in odd pieces, read exactly, read to the end.</summary>
public static class PipeTransfer
{
    /// <summary>How long anything may take before it counts as hung.</summary>
    public static readonly TimeSpan Alive = TimeSpan.FromSeconds(120);

    /// <summary>Waits until something is so, of which no event tells.</summary>
    /// <exception cref="TimeoutException">It is not so after <see cref="Alive"/>.</exception>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        var began = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(began) > Alive)
                throw new TimeoutException($"It was not so within {Alive.TotalSeconds:0} s.");
            await Task.Yield();
        }
    }

    /// <summary>Writes bytes in pieces of odd sizes, a flush after each, and ends writing if asked to.</summary>
    public static async Task SendAsync(PipeWriter output, ReadOnlyMemory<byte> bytes, int seed = 1, bool complete = false)
    {
        await Task.Yield();
        var random = new Random(seed);
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, random.Next(1, 1 << random.Next(1, 19)))];
            await output.WriteAsync(piece).ConfigureAwait(false);
            bytes = bytes[piece.Length..];
        }
        if (complete)
            await output.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Reads exactly so many bytes.</summary>
    /// <exception cref="EndOfStreamException">Fewer came.</exception>
    public static async Task<byte[]> ReadExactlyAsync(PipeReader input, int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length;)
        {
            var read = await input.ReadAsync().AsTask().WaitAsync(Alive).ConfigureAwait(false);
            var here = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, length - at));
            here.CopyTo(bytes.AsSpan(at));
            at += (int)here.Length;
            input.AdvanceTo(here.End);
            if (read.IsCompleted && here.IsEmpty)
                throw new EndOfStreamException($"It ended after {at} of {length} bytes.");
        }
        return bytes;
    }

    /// <summary>Reads to the end.</summary>
    /// <returns>How many bytes there were, and their SHA-256.</returns>
    public static async Task<(long Length, byte[] Hash)> HashToEndAsync(PipeReader input, long limit = long.MaxValue)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        while (length < limit)
        {
            var read = await input.ReadAsync().AsTask().WaitAsync(Alive).ConfigureAwait(false);
            foreach (var segment in read.Buffer)
                hash.AppendData(segment.Span);
            length += read.Buffer.Length;
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }
        return (length, hash.GetHashAndReset());
    }

    /// <summary>Reads to the end and gives the bytes.</summary>
    public static async Task<byte[]> ReadToEndAsync(PipeReader input)
    {
        while (true)
        {
            var read = await input.ReadAsync().AsTask().WaitAsync(Alive).ConfigureAwait(false);
            if (!read.IsCompleted)
            {
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            var bytes = read.Buffer.ToArray();
            input.AdvanceTo(read.Buffer.End);
            return bytes;
        }
    }
}
