namespace Libp2p.Interop.Tests.Nodes;

/// <summary>For a class of tests that leave their peers as they were: one encounter for each direction of the dial, made when first asked for.</summary>
public class Encounters : IAsyncLifetime
{
    /// <summary>What both sides answer to a direct message.</summary>
    public const string Reply = "wie schön 🌍";

    readonly Dictionary<Side, Encounter> _byDialer = [];

    /// <summary>What stands behind the TCP port in the addresses of both.</summary>
    protected virtual string Over => "";

    /// <summary>The encounter of that direction, for one test.</summary>
    public async Task<Encounter> BeginAsync(Side dialer)
    {
        if (!_byDialer.TryGetValue(dialer, out var encounter))
            _byDialer.Add(dialer, encounter = await Encounter.StartAsync(dialer, ["--reply", Reply], reply: Reply, over: Over));
        return encounter.Share();
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => default;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var encounter in _byDialer.Values)
            await encounter.DisposeAsync();
    }
}

/// <summary>The same over WebSocket.</summary>
public sealed class WebSocketEncounters : Encounters
{
    /// <inheritdoc/>
    protected override string Over => "/ws";
}
