using System.Buffers;

namespace Libp2p.Tests.Support;

static class Sequences
{
    /// <summary>The bytes as a sequence of segments of at most <paramref name="size"/> bytes.</summary>
    public static ReadOnlySequence<byte> Split(ReadOnlyMemory<byte> bytes, int size)
    {
        if (bytes.Length <= size)
            return new(bytes);
        var first = new Segment(bytes[..size], 0);
        var last = first;
        for (var at = size; at < bytes.Length; at += size)
            last = last.Append(bytes[at..Math.Min(bytes.Length, at + size)]);
        return new(first, 0, last, last.Memory.Length);
    }

    sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long start)
        {
            Memory = memory;
            RunningIndex = start;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
