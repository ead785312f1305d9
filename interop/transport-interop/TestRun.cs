using Microsoft.Extensions.Logging;

namespace Libp2p.TransportInterop;

/// <summary>One run of one side of a test.</summary>
/// <param name="test">What is tested.</param>
/// <param name="output">Where the result goes.</param>
/// <param name="errors">Where the log goes.</param>
internal sealed class TestRun(TestCase test, TextWriter output, TextWriter errors)
{
    /// <summary>What it does at this moment: where it stood, if it was not done in time.</summary>
    public string Doing { get; private set; } = "starting";

    /// <summary>Runs it: the dialler's until it has measured, the listener's until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var log = new StandardErrorLog(errors, test.Debug ? LogLevel.Debug : LogLevel.Warning);
        Doing = $"connecting to Redis at {test.RedisHost}, port {test.RedisPort}";
        using var redis = await RedisClient.ConnectAsync(test.RedisHost, test.RedisPort, TimeProvider.System, cancellationToken);
        Doing = "starting the node";
        await using var node = await TestNode.StartAsync(test, log, cancellationToken);
        var exchange = new AddressExchange(redis, test, TimeProvider.System);
        if (test.IsDialer)
            await DialAsync(node, exchange, cancellationToken);
        else
            await ListenAsync(node, exchange, cancellationToken);
    }

    private async Task DialAsync(Libp2pNode node, AddressExchange exchange, CancellationToken cancellationToken)
    {
        Doing = $"waiting for the listener's address in Redis, under {test.RedisKey}";
        var address = await exchange.TakeAsync(cancellationToken);
        Doing = $"connecting to {address}";
        var began = TimeProvider.System.GetTimestamp();
        var connection = await node.ConnectAsync(address, cancellationToken);
        Doing = $"pinging {address}";
        var ping = await node.PingAsync(connection.RemotePeer, cancellationToken);
        var measured = new Measurement(TimeProvider.System.GetElapsedTime(began), ping);
        await output.WriteLineAsync(measured.Format(test.Plan));
        await output.FlushAsync(cancellationToken);
    }

    private async Task ListenAsync(Libp2pNode node, AddressExchange exchange, CancellationToken cancellationToken)
    {
        Doing = "leaving the address in Redis";
        await exchange.PublishAsync(TestNode.ReachableAddress(node), cancellationToken);
        Doing = "listening";
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
