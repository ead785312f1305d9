using System.Runtime.CompilerServices;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class RecentIdsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_is_a_queue_in_which_each_is_found(int seed)
    {
        var random = new Random(seed);
        RecentIds<int> ids = new();
        Dictionary<PubsubMessageId, int> model = [];
        Queue<PubsubMessageId> byAge = new();
        for (var step = 0; step < 30_000; step++)
        {
            // Long runs of each kind, so that it grows, shrinks, and goes round.
            if (random.Next(100) < (step / 3000 % 2 == 0 ? 60 : 40))
            {
                var id = NewId(random, step);
                ids.Add(id) = step;
                model.Add(id, step);
                byAge.Enqueue(id);
            }
            else if (byAge.Count > 0)
            {
                Assert.Equal(model[byAge.Peek()], ids.Oldest);
                Assert.Equal(byAge.Peek(), ids.IdAt(0));
                ids.RemoveOldest();
                var gone = byAge.Dequeue();
                model.Remove(gone);
                Assert.False(ids.Contains(gone), $"seed {seed}");
            }
            Assert.Equal(byAge.Count, ids.Count);
            if (step % 1000 == 0)
                Compare(ids, model, byAge);
        }
        Compare(ids, model, byAge);
    }

    [Fact]
    public void What_is_known_of_an_id_can_be_changed()
    {
        RecentIds<int> ids = new();
        PubsubMessageId id = new([7]);
        Assert.True(Unsafe.IsNullRef(ref ids.Find(id)));
        ids.Add(id) = 1;
        ids.Find(id)++;
        Assert.Equal(2, ids.ValueAt(0));
        ids.RemoveOldest();
        Assert.True(Unsafe.IsNullRef(ref ids.Find(id)));
        Assert.Equal(0, ids.Add(id));
    }

    [Fact]
    public void Ids_that_come_and_go_cost_no_memory()
    {
        var random = new Random(1);
        var coming = Enumerable.Range(0, 20_000).Select(i => new PubsubMessageId(BitConverter.GetBytes(i + (random.NextInt64() << 20)))).ToArray();
        RecentIds<int> ids = new();
        foreach (var id in coming[..1000])
            ids.Add(id);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var id in coming.AsSpan(1000))
        {
            ids.RemoveOldest();
            ids.Add(id);
        }
        // A collection in between takes away what is left of a thread's piece of the heap, which counts as used.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    private static void Compare(RecentIds<int> ids, Dictionary<PubsubMessageId, int> model, Queue<PubsubMessageId> byAge)
    {
        var age = 0;
        foreach (var id in byAge)
        {
            Assert.Equal(model[id], ids.Find(id));
            Assert.Equal(id, ids.IdAt(age));
            Assert.Equal(model[id], ids.ValueAt(age++));
        }
    }

    private static PubsubMessageId NewId(Random random, int number)
    {
        // Of all lengths, those that are held in place and those that are not; few first bytes, so that many are alike.
        var bytes = new byte[random.Next(8) == 0 ? PubsubMessageId.MaxLength : random.Next(4, 80)];
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), number);
        return new PubsubMessageId(bytes);
    }
}
