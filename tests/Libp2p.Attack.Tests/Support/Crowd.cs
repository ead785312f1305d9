namespace Libp2p.Attack.Tests.Support;

/// <summary>Many connections of an attacker, and how many of them the victim keeps.</summary>
sealed class Crowd : IAsyncDisposable
{
    readonly List<(YamuxAttacker Attacker, Task Ended)> _all = [];

    public ValueTask AddAsync(YamuxAttacker attacker)
    {
        _all.Add((attacker, attacker.ReadToEndAsync()));
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until so many are left, and tells how many there are.</summary>
    public async Task<int> CountServedAsync(int expected)
    {
        for (var i = 0; i < 100 && _all.Count(c => !c.Ended.IsCompleted) > expected; i++)
            await Task.WhenAny([.. _all.Where(c => !c.Ended.IsCompleted).Select(c => c.Ended), Task.Delay(50)]);
        return _all.Count(c => !c.Ended.IsCompleted);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (attacker, _) in _all)
            await attacker.DisposeAsync();
        await Task.WhenAll(_all.Select(c => c.Ended));
    }
}
