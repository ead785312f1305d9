using Libp2p.Attack.Tests.Support;
using Libp2p.Muxers.Yamux;

namespace Libp2p.Attack.Tests.Attacks;

/// <summary>What a peer that has proven who it is can do with frames of yamux.</summary>
static class StreamAttacks
{
    const int Opens = 100_000;
    const int Pings = 1_000_000;

    /// <summary>100,000 streams opened, over as many connections as that takes, and more until each is cut off.</summary>
    public static Task FloodOpensAsync(Field field, Func<Task> newcomer) => PressAsync(field, newcomer, 900, attacker =>
        attacker.Write(YamuxType.WindowUpdate, YamuxFlags.Syn, attacker.NextStream(), 0));

    /// <summary>100,000 streams opened and reset at once, and more until each connection is cut off.</summary>
    public static Task FloodResetsAsync(Field field, Func<Task> newcomer) => PressAsync(field, newcomer, 900, attacker =>
    {
        var id = attacker.NextStream();
        attacker.Write(YamuxType.WindowUpdate, YamuxFlags.Syn, id, 0);
        attacker.Write(YamuxType.WindowUpdate, YamuxFlags.Rst, id, 0);
    });

    /// <summary>1,000,000 pings whose answers nobody reads.</summary>
    public static async Task FloodPingsAsync(Field field, Func<Task> newcomer)
    {
        var before = await field.Victim.GetStateAsync(collect: true);
        await using var attacker = await field.AuthenticateAsync(field.NextAddress());
        for (var i = 0; i < Pings; i++)
        {
            attacker.Write(YamuxType.Ping, YamuxFlags.Syn, 0, (uint)i);
            if (i % 5000 == 0)
                await attacker.FlushAsync();
            if (i == Pings / 2)
                await newcomer();
        }
        await attacker.FlushAsync();
        var after = await field.Victim.GetStateAsync(collect: true);
        Assert.True(after.Managed - before.Managed < 8 << 20, $"A million pings cost {(after.Managed - before.Managed) / 1024} KiB.");
    }

    /// <summary>Thousands of streams whose negotiation stops in its middle.</summary>
    public static async Task LeaveNegotiationsOpenAsync(Field field, Func<Task> newcomer)
    {
        byte[] half = [19, .. "/multistream/1.0.0\n"u8, 30, .. "/half"u8];
        var attackers = new List<YamuxAttacker>();
        for (var i = 0; i < 20; i++)
        {
            var attacker = await field.AuthenticateAsync(field.NextAddress());
            attackers.Add(attacker);
            _ = attacker.ReadToEndAsync();
            for (var stream = 0; stream < 250; stream++)
                attacker.Write(YamuxType.Data, YamuxFlags.Syn, attacker.NextStream(), (uint)half.Length, half);
            await attacker.FlushAsync();
        }
        await newcomer();
        foreach (var attacker in attackers)
            await attacker.DisposeAsync();
    }

    /// <summary>The list of protocols asked for without end, and not read.</summary>
    public static async Task FloodListsAsync(Field field, Func<Task> newcomer)
    {
        byte[] list = [3, .. "ls\n"u8];
        byte[] asking = [19, .. "/multistream/1.0.0\n"u8, .. Enumerable.Repeat(list, 1000).SelectMany(b => b)];
        for (var i = 0; i < 10; i++)
        {
            await using var attacker = await field.AuthenticateAsync(field.NextAddress());
            for (var stream = 0; stream < 200; stream++)
            {
                attacker.Write(YamuxType.Data, YamuxFlags.Syn, attacker.NextStream(), (uint)asking.Length, asking);
                await attacker.FlushAsync();
            }
            if (i == 5)
                await newcomer();
        }
    }

    /// <param name="field">Where.</param>
    /// <param name="newcomer">Lets a newcomer in.</param>
    /// <param name="tolerated">How many streams a connection opens before the victim may cut it off.</param>
    /// <param name="write">Writes the frames of one stream.</param>
    static async Task PressAsync(Field field, Func<Task> newcomer, int tolerated, Action<YamuxAttacker> write)
    {
        var connections = (Opens + tolerated - 1) / tolerated;
        await Field.RepeatAsync(connections, 4, async i =>
        {
            await using var attacker = await field.AuthenticateAsync(field.NextAddress());
            for (var stream = 0; stream < tolerated; stream++)
                write(attacker);
            // The answer to a ping shows that the victim has taken all of it.
            attacker.Write(YamuxType.Ping, YamuxFlags.Syn, 0, 77);
            await attacker.FlushAsync();
            await attacker.ReadToPongAsync(77);
            if (i % (connections / 4) == 0)
                await newcomer();
            await attacker.PressUntilCutAsync(() => write(attacker));
        });
    }
}
