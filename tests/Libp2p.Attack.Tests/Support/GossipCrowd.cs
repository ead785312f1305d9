namespace Libp2p.Attack.Tests.Support;

/// <summary>Attackers that come together, do the same at once, and leave together.</summary>
sealed class GossipCrowd : List<GossipAttacker>, IAsyncDisposable
{
    public Task EachAsync(Func<GossipAttacker, Task> attack) => Task.WhenAll(this.Select(attacker => Task.Run(() => attack(attacker))));

    public async ValueTask DisposeAsync()
    {
        foreach (var attacker in this)
            await attacker.DisposeAsync();
    }
}
