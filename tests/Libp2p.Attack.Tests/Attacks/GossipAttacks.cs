using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Libp2p.Attack.Target;
using Libp2p.Attack.Tests.Support;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Attack.Tests.Attacks;

/// <summary>What peers can do with gossipsub. Where it is the fault of one, that one's score falls below zero; it is asked for while they are connected.</summary>
static class GossipAttacks
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    static long _number;

    /// <summary>Ids that nobody has, tens of thousands a heartbeat, from three peers, until they are blamed.</summary>
    public static async Task FloodIHaveAsync(Field field, Func<Task> newcomer)
    {
        await using var attackers = await ComeAsync(field, 3);
        var coming = newcomer();
        // By the number of messages in a heartbeat, and by broken promises.
        await PressAsync(field, attackers, attacker => attacker.SendAsync(c => c.IHave.Add(new(Traffic.Room, [.. Enumerable.Range(0, 200).Select(_ => NewId())]))));
        await coming;
    }

    /// <summary>One message asked for again and again by three peers: they are sent it a few times, and blamed.</summary>
    public static async Task FloodIWantAsync(Field field, Func<Task> newcomer)
    {
        await using var authors = await ComeAsync(field, 1);
        await using var attackers = await ComeAsync(field, 3);
        var message = MessageSignature.Create(authors[0].Identity, Traffic.Room, new byte[32 * 1024], Number(), MessageIds.Origin);
        await authors[0].SendRpcAsync(message.Part.Span);
        var coming = newcomer();
        await PressAsync(field, attackers, attacker => attacker.SendAsync(c => c.IWant.Add(message.Id)));
        await coming;
        foreach (var attacker in attackers)
            Assert.InRange(attacker.Heard, 0, 8 * message.Part.Length);
    }

    /// <summary>30,000 grafts after a prune, and of topics that are none of the victim's.</summary>
    public static async Task FloodGraftsAsync(Field field, Func<Task> newcomer)
    {
        await using var attackers = await ComeAsync(field, 3);
        await attackers.EachAsync(async attacker =>
        {
            await attacker.SendAsync(c => c.Prune.Add(new(Traffic.Room, ulong.MaxValue, [])));
            for (var i = 0; i < 100; i++)
            {
                await attacker.SendAsync(c =>
                {
                    c.Graft.Add(Traffic.Room);
                    c.Graft.AddRange(Enumerable.Range(0, 100).Select(n => $"nowhere {n}"));
                });
            }
        });
        await newcomer();
        await BlamedAsync(field, 3);
    }

    /// <summary>Messages whose signatures are wrong, from ten peers: each costs the victim a check until its sender is graylisted.</summary>
    public static async Task FloodForgedAsync(Field field, Func<Task> newcomer)
    {
        await using var attackers = await ComeAsync(field, 10);
        await attackers.EachAsync(async attacker =>
        {
            for (var i = 0; i < 2000; i++)
                await attacker.SendRpcAsync(Forge(attacker.Identity, field.Random));
        });
        await newcomer();
        await BlamedAsync(field, 10);
    }

    /// <summary>Messages that are as they should be, as fast as they are taken, the largest among them: they harm nobody.</summary>
    public static async Task FloodValidAsync(Field field, Func<Task> newcomer)
    {
        await using var attackers = await ComeAsync(field, 4);
        await attackers.EachAsync(async attacker =>
        {
            for (var i = 0; i < 1500; i++)
            {
                var data = new byte[i % 50 == 0 ? 60 * 1024 : 200];
                await attacker.SendRpcAsync(MessageSignature.Create(attacker.Identity, Traffic.Room, data, Number(), MessageIds.Origin).Part.Span);
                if (i == 750 && attacker == attackers[0])
                    await newcomer();
            }
        });
    }

    /// <summary>RPCs of a mebibyte that are none, that hold nothing but empty messages, and that say they are larger than any may be.</summary>
    public static async Task SendGiantsAsync(Field field, Func<Task> newcomer)
    {
        var garbage = new byte[1024 * 1024];
        field.Random.NextBytes(garbage);
        garbage[0] = 0xff;
        byte[] empty = [.. Enumerable.Repeat((byte[])[0x12, 0], 500_000).SelectMany(b => b)];
        byte[] tooLong = [0xff, 0xff, 0xff, 0xff, 0x07, .. new byte[100_000]];
        await using var attackers = await ComeAsync(field, 3);
        await attackers.EachAsync(async attacker =>
        {
            for (var i = 0; i < 10; i++)
            {
                if (attacker == attackers[0])
                    await attacker.SendRpcAsync(garbage);
                else if (attacker == attackers[1])
                    await attacker.SendRpcAsync(empty);
                else
                    await attacker.SendBytesAsync(tooLong);
            }
        });
        await newcomer();
        await BlamedAsync(field, 3);
    }

    /// <summary>350,000 topics in one RPC and in many, and a subscription that comes and goes 100,000 times: 1024 topics a peer are noted, and forgotten with it.</summary>
    public static async Task FloodSubscriptionsAsync(Field field, Func<Task> newcomer)
    {
        var before = (await field.Victim.GetStateAsync()).Topics;
        await using (var attackers = await ComeAsync(field, 3))
        {
            await attackers.EachAsync(async attacker =>
            {
                if (attacker == attackers[0])
                {
                    // Within the bound of an RPC's bytes, ten times.
                    for (var rpc = 0; rpc < 10; rpc++)
                        await attacker.SendRpcAsync([.. Enumerable.Range(0, 35_000).SelectMany(i => Subscription($"{rpc}/{i}"))]);
                }
                else if (attacker == attackers[1])
                {
                    for (var rpc = 0; rpc < 100; rpc++)
                        await attacker.SendAsync(c => c.Subscriptions.AddRange(Enumerable.Range(0, RpcCodec.MaxSubscriptions).Select(i => new SubscriptionChange($"{rpc} {i}", true))));
                }
                else
                {
                    for (var rpc = 0; rpc < 1000; rpc++)
                        await attacker.SendAsync(c => c.Subscriptions.AddRange(Enumerable.Range(0, RpcCodec.MaxSubscriptions).Select(i => new SubscriptionChange(Traffic.Room, i % 2 == 0))));
                }
            });
            await newcomer();
            await BlamedAsync(field, 2);
            Assert.InRange((await field.Victim.GetStateAsync()).Topics, before, before + (3 * 1024));
        }
        await field.Victim.WaitForAsync(s => s.Topics <= before, Patience);
    }

    /// <summary>Twenty subscribers that read nothing while another fills the room: nobody waits for them twice.</summary>
    public static async Task ReadNothingAsync(Field field, Func<Task> newcomer)
    {
        await using var deaf = await ComeAsync(field, 20, isDeaf: true);
        await using var attackers = await ComeAsync(field, 1);
        for (var i = 0; i < 400; i++)
            await attackers[0].SendRpcAsync(MessageSignature.Create(attackers[0].Identity, Traffic.Room, new byte[32 * 1024], Number(), MessageIds.Origin).Part.Span);
        await newcomer();
    }

    static async Task<GossipCrowd> ComeAsync(Field field, int count, bool isDeaf = false)
    {
        var crowd = new GossipCrowd();
        for (var i = 0; i < count; i++)
            crowd.Add(await GossipAttacker.ComeAsync(field, isDeaf));
        return crowd;
    }

    /// <summary>Has all attackers do the same, 200 times in a row, until each of them is blamed: it takes some heartbeats.</summary>
    static async Task PressAsync(Field field, GossipCrowd attackers, Func<GossipAttacker, Task> attack)
    {
        var began = Stopwatch.GetTimestamp();
        do
        {
            await attackers.EachAsync(async attacker =>
            {
                for (var i = 0; i < 200; i++)
                    await attack(attacker);
            });
            await Task.Delay(200);
        }
        while ((await field.Victim.GetStateAsync()).Blamed < attackers.Count && Stopwatch.GetElapsedTime(began) < Patience);
        await BlamedAsync(field, attackers.Count);
    }

    static Task BlamedAsync(Field field, int count) => field.Victim.WaitForAsync(s => s.Blamed >= count, Patience);

    static IEnumerable<byte> Subscription(string topic) => [0x0a, (byte)(4 + topic.Length), 0x08, 1, 0x12, (byte)topic.Length, .. Encoding.ASCII.GetBytes(topic)];

    /// <summary>A message with a signature that is none.</summary>
    static byte[] Forge(Identity author, Random random)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(number, Number());
        Span<byte> signature = stackalloc byte[64];
        lock (random)
            random.NextBytes(signature);
        // Below the group's order, or it would be refused without any arithmetic.
        signature[63] &= 0x0f;
        scoped var fields = new MessageFields { From = author.PeerId.Span, HasData = true, Topic = Encoding.ASCII.GetBytes(Traffic.Room), TopicCount = 1 };
        fields.Data = "forged"u8;
        fields.SequenceNumber = number;
        fields.Signature = signature;
        return MessageCodec.Encode(fields, out _);
    }

    static PubsubMessageId NewId()
    {
        Span<byte> id = stackalloc byte[42];
        BinaryPrimitives.WriteUInt64BigEndian(id, Number());
        return new PubsubMessageId(id);
    }

    static ulong Number() => (ulong)Interlocked.Increment(ref _number);
}
