using Libp2p.Tests.Support;
using Libp2p.Transports.Memory;

namespace Libp2p.Tests.Swarm;

public class DialProgressTests
{
    readonly MemoryNetwork _network = new();

    [Fact]
    public async Task A_dial_tells_of_its_stages_as_they_come()
    {
        await using var listener = await Builder().Listen("/memory/1").StartAsync();
        await using var dialer = await Builder().StartAsync();
        var stages = new Stages();
        await dialer.ConnectAsync(listener.Addresses[0], new ConnectOptions { Progress = stages }, TestNodes.Patience);
        Assert.Equal([DialStage.Connect, DialStage.Secure, DialStage.Multiplex], stages.All.Select(s => s.Stage));
        Assert.All(stages.All, s => Assert.Equal("/memory/1", s.Address.ToString()));
        Assert.Equal(stages.All.Select(s => s.Elapsed).Order(), stages.All.Select(s => s.Elapsed));
    }

    [Fact]
    public async Task One_that_fails_tells_how_far_it_came()
    {
        await using var dialer = await Builder().StartAsync();
        var stages = new Stages();
        await Assert.ThrowsAsync<DialException>(async () =>
            await dialer.ConnectAsync(Multiaddress.Parse("/memory/2"), new ConnectOptions { Progress = stages }, TestNodes.Patience));
        Assert.Equal([DialStage.Connect], stages.All.Select(s => s.Stage));
    }

    NodeBuilder Builder() => Libp2pNode.CreateBuilder().UseMemory(_network).UseNoise().UseYamux();

    sealed class Stages : IProgress<DialProgress>
    {
        public List<DialProgress> All { get; } = [];

        public void Report(DialProgress value)
        {
            lock (All)
                All.Add(value);
        }
    }
}
