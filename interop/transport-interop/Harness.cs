namespace Libp2p.TransportInterop;

/// <summary>The program, from its environment to its exit code.</summary>
internal static class Harness
{
    /// <summary>Exit code: it dialled and measured; or it listened until it was told to stop.</summary>
    public const int Passed = 0;

    /// <summary>Exit code: it could not, or not in time.</summary>
    public const int Failed = 1;

    /// <summary>Exit code: the environment describes no test.</summary>
    public const int WrongEnvironment = 2;

    private const int MaxLine = 4096;

    /// <summary>Runs one side of one test, and says what failed in one line.</summary>
    /// <param name="variable">A variable of the environment.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="errors">Where all else goes.</param>
    /// <param name="stop">Ends it, in good order.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Func<string, string?> variable, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        var (code, failure) = await TryAsync(variable, output, errors, stop);
        if (failure is not null)
            await errors.WriteLineAsync($"transport-interop: {PrintableText.Escape(failure, MaxLine)}");
        return code;
    }

    private static async Task<(int Code, string? Failure)> TryAsync(Func<string, string?> variable, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        TestCase test;
        try
        {
            test = TestCase.Read(variable);
        }
        catch (HarnessException e)
        {
            return (e.ExitCode, e.Message);
        }
        var run = new TestRun(test, output, errors);
        using var deadline = new CancellationTokenSource(test.Timeout, TimeProvider.System);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            await run.RunAsync(ending.Token);
            return (Passed, null);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return test.IsDialer ? (Failed, $"stopped while {run.Doing}") : (Passed, null);
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            return (Failed, $"after {test.Timeout.TotalSeconds:0} s still {run.Doing}");
        }
        catch (Exception e) when (e is HarnessException or Libp2pException or RedisException)
        {
            return (Failed, e.Message);
        }
        catch (Exception e)
        {
            return (Failed, $"an unexpected error while {run.Doing}: {e.GetType().Name}: {e.Message}");
        }
    }
}
