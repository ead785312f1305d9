namespace Libp2p.Fuzz.Tests;

/// <summary>
/// Feeds a target with mutations of its seeds, and of what it accepted. The same seed gives the same inputs, on every
/// machine: nothing but the number of iterations depends on time.
/// </summary>
internal sealed class Fuzzer(FuzzTarget target, int seed)
{
    private const int MaxCorpus = 256;

    private readonly List<byte[]> _corpus = [.. target.Seeds];
    private readonly Random _random = new(seed);

    /// <summary>Inputs so far.</summary>
    public long Iterations { get; private set; }

    /// <summary>Of these, those that the target took.</summary>
    public long Accepted { get; private set; }

    /// <summary>Runs the seeds, all of which must be accepted, and then mutations of them.</summary>
    /// <returns>Null where every promise held; else the broken one, with the input.</returns>
    public string? Run(int iterations)
    {
        foreach (var valid in target.Seeds)
        {
            // Twice: what is made once, like tables, belongs to no input.
            target.Run(valid);
            if (Check(valid, out var accepted) is { } broken)
                return broken;
            if (!accepted)
                return Describe("refused a valid input", valid);
        }
        return RunMutations(iterations);
    }

    /// <summary>Runs mutations alone.</summary>
    public string? RunMutations(int iterations)
    {
        for (var i = 0; i < iterations; i++)
        {
            var input = Mutator.Mutate(_random, _corpus[_random.Next(_corpus.Count)], _corpus[_random.Next(_corpus.Count)], target.MaxLength);
            if (Check(input, out var accepted) is { } broken)
                return broken;
            Iterations++;
            if (!accepted)
                continue;
            Accepted++;
            if (_corpus.Count < MaxCorpus)
                _corpus.Add(input);
            else if (_random.Next(16) == 0)
                _corpus[_random.Next(target.Seeds.Count, _corpus.Count)] = input;
        }
        return null;
    }

    private string? Check(byte[] input, out bool accepted)
    {
        accepted = false;
        var copy = input.AsSpan().ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            accepted = target.Run(input);
        }
        catch (Exception e)
        {
            return Describe(e is FuzzViolation ? e.Message : $"threw {e}", input);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > target.FixedAllocation + ((long)target.AllocationPerByte * input.Length))
            return Describe($"allocated {allocated} bytes for {input.Length}", input);
        return input.AsSpan().SequenceEqual(copy) ? null : Describe("changed its input", copy);
    }

    private string Describe(string what, byte[] input) =>
        $"{target.Name} {what}\n  input: {Convert.ToHexString(input)}\n  again: TINCAN_SEED={seed}, iteration {Iterations}";
}
