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
        var patience = Task.Delay(TimeSpan.FromSeconds(60));
        while (!patience.IsCompleted)
        {
            var served = _all.Where(c => !c.Ended.IsCompleted).Select(c => c.Ended).ToList();
            if (served.Count <= expected)
                break;
            await Task.WhenAny([.. served, patience]);
        }
        return _all.Count(c => !c.Ended.IsCompleted);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (attacker, _) in _all)
            await attacker.DisposeAsync();
        await Task.WhenAll(_all.Select(c => c.Ended));
    }
}
