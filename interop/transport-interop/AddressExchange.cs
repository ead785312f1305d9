namespace Libp2p.TransportInterop;

/// <summary>How the listener's address comes to the dialler: by way of Redis.</summary>
internal sealed class AddressExchange(RedisClient redis, TestCase test, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Leaves an address for the dialler.</summary>
    public async Task PublishAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        if (!test.AddressIsList)
        {
            await redis.SetAsync(test.RedisKey, address.ToString(), cancellationToken);
            return;
        }
        // A server of unified-testing serves many tests, one after the other; what a run before left under the key is void.
        if (test.Plan == TestPlan.UnifiedTesting)
            await redis.DeleteAsync(test.RedisKey, cancellationToken);
        await redis.PushAsync(test.RedisKey, address.ToString(), cancellationToken);
    }

    /// <summary>Waits for the listener's address.</summary>
    /// <exception cref="HarnessException">None came, or what came is no address.</exception>
    public async Task<Multiaddress> TakeAsync(CancellationToken cancellationToken)
    {
        var text = (test.Plan == TestPlan.TransportInterop ? await PopAsync(cancellationToken) : await PollAsync(cancellationToken))
            ?? throw new HarnessException($"no listener left its address in Redis, under {test.RedisKey}");
        return Multiaddress.TryParse(text, out var address, out var error)
            ? address
            : throw new HarnessException($"what the listener left in Redis is no address: {error}");
    }

    /// <summary>
    /// The documentation of unified-testing has the listener set a value and the dialler look for it; its implementations in Rust,
    /// Go and JavaScript push to a list and pop from it. Either listener is understood.
    /// </summary>
    private async Task<string?> PollAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (await redis.GetAsync(test.RedisKey, cancellationToken) is { } address)
                    return address;
            }
            catch (RedisException e) when (e.Code == "WRONGTYPE")
            {
                return await PopAsync(cancellationToken);
            }
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private Task<string?> PopAsync(CancellationToken cancellationToken) => redis.PopAsync(test.RedisKey, test.Timeout, cancellationToken);
}
