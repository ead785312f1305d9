using Libp2p.Testing;

namespace Libp2p.Tests.Crypto;

public sealed class FrequentKeysTests
{
    private const int Threshold = FrequentKeys<string>.Threshold;

    [Fact]
    public void Keeps_a_key_that_signed_often_and_finds_it_again()
    {
        var keys = new FrequentKeys<string>();
        var key = TestRandom.Create().Bytes(32);
        for (var i = 1; i < Threshold; i++)
            Assert.False(keys.IsWorthIt(key));
        Assert.True(keys.IsWorthIt(key));
        Assert.Null(keys.Find(key));
        keys.Add(key, "value");
        Assert.Equal("value", keys.Find(key)?.Value);
        Assert.Equal(1, keys.Count);
    }

    [Fact]
    public void Tells_keys_apart_that_differ_in_one_bit()
    {
        var keys = new FrequentKeys<string>();
        var key = TestRandom.Create().Bytes(32);
        keys.Add(key, "value");
        for (var bit = 0; bit < 256; bit++)
        {
            key[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(keys.Find(key));
            key[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Keeps_no_more_than_it_may()
    {
        var keys = new FrequentKeys<string>();
        var random = TestRandom.Create();
        for (var i = 0; i < 4 * FrequentKeys<string>.Capacity; i++)
            keys.Add(random.Bytes(32), "value");
        Assert.InRange(keys.Count, FrequentKeys<string>.Capacity / 2, FrequentKeys<string>.Capacity);
    }

    [Fact]
    public void A_key_added_twice_is_kept_once()
    {
        var keys = new FrequentKeys<string>();
        var key = TestRandom.Create().Bytes(32);
        keys.Add(key, "value");
        keys.Add(key, "value");
        Assert.Equal(1, keys.Count);
    }

    [Fact]
    public void Keys_that_signed_once_make_nothing_be_prepared()
    {
        var keys = new FrequentKeys<string>();
        var random = TestRandom.Create();
        for (var i = 0; i < 200_000; i++)
            Assert.False(keys.IsWorthIt(random.Bytes(32)));
    }

    /// <summary>Whoever signs with thousands of keys, each as often as it takes to be kept, displaces none that is in use.</summary>
    [Fact]
    public void A_flood_of_keys_displaces_none_that_is_in_use()
    {
        var keys = new FrequentKeys<string>();
        var random = TestRandom.Create();
        var honest = Enumerable.Range(0, 16).Select(_ => random.Bytes(32)).ToArray();
        foreach (var key in honest)
        {
            keys.Add(key, "honest");
            for (var times = 0; times < 50; times++)
                keys.Find(key)?.CountUse();
        }
        var before = honest.Count(key => keys.Find(key) is not null);
        for (var i = 0; i < 20_000; i++)
        {
            // One honest signature among forty of the flood's.
            keys.Find(honest[i % honest.Length])?.CountUse();
            var key = random.Bytes(32);
            for (var times = 0; times < 2 * Threshold; times++)
            {
                if (keys.Find(key) is { } kept)
                    kept.CountUse();
                else if (keys.IsWorthIt(key))
                    keys.Add(key, "flood");
            }
        }
        Assert.Equal(before, honest.Count(key => keys.Find(key) is not null));
    }

    [Fact]
    public void A_key_that_came_into_use_displaces_one_that_is_no_longer()
    {
        var keys = new FrequentKeys<string>();
        var random = TestRandom.Create();
        for (var i = 0; i < 20 * FrequentKeys<string>.Capacity; i++)
        {
            var old = random.Bytes(32);
            keys.Add(old, "old");
            for (var times = 0; times < 500; times++)
                keys.Find(old)?.CountUse();
        }
        var key = random.Bytes(32);
        var signatures = 0;
        while (!keys.IsWorthIt(key))
            Assert.InRange(++signatures, 0, 400);
        keys.Add(key, "new");
        Assert.NotNull(keys.Find(key));
    }

    /// <summary>Of more busy keys than fit beside each other, some wait; they do not displace each other in turn, which would prepare one at each signature.</summary>
    [Fact]
    public void Busy_keys_that_do_not_fit_do_not_take_turns()
    {
        var keys = new FrequentKeys<string>();
        var random = TestRandom.Create();
        var busy = Enumerable.Range(0, 3 * FrequentKeys<string>.Capacity).Select(_ => random.Bytes(32)).ToArray();
        var (signatures, prepared) = (0, 0);
        for (var round = 0; round < 500; round++)
        {
            foreach (var key in busy)
            {
                signatures++;
                if (keys.Find(key) is { } kept)
                {
                    kept.CountUse();
                }
                else if (keys.IsWorthIt(key))
                {
                    keys.Add(key, "busy");
                    prepared++;
                }
            }
        }
        Assert.InRange(prepared, FrequentKeys<string>.Capacity / 2, signatures / 50);
    }

    [Fact]
    public void May_be_used_by_many_threads_at_once()
    {
        var keys = new FrequentKeys<string>();
        var random = TestRandom.Create();
        var busy = Enumerable.Range(0, 2 * FrequentKeys<string>.Capacity).Select(_ => random.Bytes(32)).ToArray();
        Parallel.For(0, 40_000, i =>
        {
            var key = busy[i * 31 % busy.Length];
            if (keys.Find(key) is { } kept)
            {
                Assert.Equal(Convert.ToHexString(key), kept.Value);
                kept.CountUse();
            }
            else if (keys.IsWorthIt(key))
            {
                keys.Add(key, Convert.ToHexString(key));
            }
        });
        Assert.InRange(keys.Count, FrequentKeys<string>.Capacity / 2, FrequentKeys<string>.Capacity);
    }
}
