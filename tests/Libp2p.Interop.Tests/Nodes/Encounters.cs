namespace Libp2p.Interop.Tests.Nodes;

/// <summary>For a class of tests that leave their peers as they were: one encounter for each direction of the dial, made when first asked for.</summary>
public sealed class Encounters : IAsyncLifetime
{
    /// <summary>What both sides answer to a direct message.</summary>
    public const string Reply = "wie schön 🌍";

    readonly Dictionary<Side, Encounter> _byDialer = [];

    /// <summary>The encounter of that direction, for one test.</summary>
    public async Task<Encounter> BeginAsync(Side dialer)
    {
        if (!_byDialer.TryGetValue(dialer, out var encounter))
            _byDialer.Add(dialer, encounter = await Encounter.StartAsync(dialer, ["--reply", Reply], reply: Reply));
        return encounter.Share();
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => default;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var encounter in _byDialer.Values)
            await encounter.DisposeAsync();
    }
}
