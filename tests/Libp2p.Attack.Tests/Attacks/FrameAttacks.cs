using System.Buffers.Binary;
using Libp2p.Attack.Tests.Support;
using Libp2p.Muxers.Yamux;

namespace Libp2p.Attack.Tests.Attacks;

/// <summary>Frames that break a rule: each ends the connection that it came on, and nothing else.</summary>
static class FrameAttacks
{
    /// <summary>Frames of yamux, by what is wrong with them.</summary>
    public static readonly IReadOnlyDictionary<string, Action<YamuxAttacker>> Bad = new Dictionary<string, Action<YamuxAttacker>>
    {
        ["a window update that overflows"] = attacker =>
        {
            var id = attacker.NextStream();
            attacker.Write(YamuxType.WindowUpdate, YamuxFlags.Syn, id, uint.MaxValue);
            attacker.Write(YamuxType.WindowUpdate, YamuxFlags.None, id, uint.MaxValue);
        },
        ["data with SYN beyond the window"] = attacker => attacker.Write(YamuxType.Data, YamuxFlags.Syn, attacker.NextStream(), YamuxOptions.InitialWindow + 1),
        ["data beyond the window"] = attacker =>
        {
            var id = attacker.NextStream();
            attacker.Write(YamuxType.WindowUpdate, YamuxFlags.Syn, id, 0);
            attacker.Write(YamuxType.Data, YamuxFlags.None, id, YamuxOptions.InitialWindow + 1);
        },
        ["4 GiB of data for a stream that is not there"] = attacker => attacker.Write(YamuxType.Data, YamuxFlags.None, 99, uint.MaxValue),
        ["a frame for stream 0"] = attacker => attacker.Write(YamuxType.Data, YamuxFlags.Syn, 0, 0),
        ["a stream with the victim's number"] = attacker => attacker.Write(YamuxType.Data, YamuxFlags.Syn, 2, 0),
        ["a stream opened twice"] = attacker =>
        {
            var id = attacker.NextStream();
            attacker.Write(YamuxType.Data, YamuxFlags.Syn, id, 0);
            attacker.Write(YamuxType.Data, YamuxFlags.Syn, id, 0);
        },
        ["a type that does not exist"] = attacker => attacker.Write((YamuxType)77, YamuxFlags.None, 0, 0),
        ["a ping for a stream"] = attacker => attacker.Write(YamuxType.Ping, YamuxFlags.Syn, 5, 0),
    };

    /// <summary>All of <see cref="Bad"/>, and frames that noise does not take.</summary>
    public static async Task SendBadFramesAsync(Field field, Func<Task> newcomer)
    {
        foreach (var (what, write) in Bad)
            await ExpectEndAsync(field, what, attacker => write(attacker));
        await newcomer();
        foreach (var length in (int[])[0, 1, 15, 16, 65_535])
        {
            await using var attacker = await field.AuthenticateAsync(field.NextAddress());
            await SendNoiseFrameAsync(field, attacker, length);
        }
    }

    static async Task ExpectEndAsync(Field field, string what, Action<YamuxAttacker> write)
    {
        await using var attacker = await field.AuthenticateAsync(field.NextAddress());
        write(attacker);
        await attacker.FlushAsync();
        try
        {
            await attacker.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The victim did not end the connection on which {what} came.");
        }
    }

    /// <summary>A frame that was not sealed: the attacker's own link is told nothing of it, the socket below is written to.</summary>
    static async Task SendNoiseFrameAsync(Field field, YamuxAttacker attacker, int length)
    {
        var frame = new byte[2 + length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)length);
        field.Random.NextBytes(frame.AsSpan(2));
        await attacker.WriteBelowAsync(frame);
        try
        {
            await attacker.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The victim took a noise frame of {length} random bytes.");
        }
    }
}
