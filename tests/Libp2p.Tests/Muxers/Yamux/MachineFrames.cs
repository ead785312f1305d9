using Libp2p.Muxers.Yamux;

namespace Libp2p.Tests.Muxers.Yamux;

/// <summary>Short ways to speak to a machine.</summary>
static class MachineFrames
{
    public const uint Window = YamuxOptions.InitialWindow;

    public static List<YamuxHeader> Drain(this YamuxMachine machine, TimeSpan now = default)
    {
        var frames = new List<YamuxHeader>();
        while (machine.TryTakeFrame(now, out var frame))
            frames.Add(frame.Header);
        Assert.False(machine.HasFrame);
        return frames;
    }

    public static YamuxOutcome Data(this YamuxMachine machine, uint id, uint length, YamuxFlags flags = 0, TimeSpan now = default) =>
        machine.Receive(new YamuxHeader(YamuxType.Data, flags, id, length), now);

    public static YamuxOutcome Update(this YamuxMachine machine, uint id, uint growth, YamuxFlags flags = 0, TimeSpan now = default) =>
        machine.Receive(new YamuxHeader(YamuxType.WindowUpdate, flags, id, growth), now);

    public static YamuxOutcome Ping(this YamuxMachine machine, uint value, YamuxFlags flags, TimeSpan now = default) =>
        machine.Receive(new YamuxHeader(YamuxType.Ping, flags, 0, value), now);

    public static YamuxStreamState Opened(this YamuxMachine machine, uint id)
    {
        var outcome = machine.Update(id, 0, YamuxFlags.Syn);
        Assert.Equal(YamuxEvents.Opened, outcome.Events);
        return outcome.State!;
    }

    public static void AssertViolation(this YamuxOutcome outcome, string part)
    {
        Assert.Equal(YamuxEvents.Violation, outcome.Events);
        Assert.Contains(part, outcome.Error, StringComparison.Ordinal);
    }
}
