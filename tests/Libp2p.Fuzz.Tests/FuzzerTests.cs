namespace Libp2p.Fuzz.Tests;

/// <summary>The fuzzer finds what it is there for.</summary>
public sealed class FuzzerTests
{
    [Fact]
    public void An_exception_is_found() =>
        Assert.Contains("threw System.IndexOutOfRangeException", Run(input => input[3] > 0), StringComparison.Ordinal);

    [Fact]
    public void A_broken_promise_is_found() =>
        Assert.Contains("t does not read back", Run(input =>
        {
            FuzzViolation.Unless(input.Length < 2 || input[1] != 0xff, "does not read back");
            return true;
        }), StringComparison.Ordinal);

    [Fact]
    public void An_allocation_from_a_declared_length_is_found() =>
        Assert.Contains("allocated", Run(input => input.Length > 0 && new byte[input[0] * 1000].Length > 0), StringComparison.Ordinal);

    [Fact]
    public void A_changed_input_is_found() =>
        Assert.Contains("changed its input", Run(input => input.Length == 0 || ++input[0] > 0), StringComparison.Ordinal);

    [Fact]
    public void A_refused_seed_is_found() => Assert.Contains("refused a valid input", Run(_ => false), StringComparison.Ordinal);

    [Fact]
    public void The_same_seed_gives_the_same_inputs()
    {
        Assert.Equal(Inputs(1), Inputs(1));
        Assert.NotEqual(Inputs(1), Inputs(2));

        static List<string> Inputs(int seed)
        {
            var seen = new List<string>();
            var target = new FuzzTarget("t", [[1, 2, 3, 4], [5, 6]], input =>
            {
                seen.Add(Convert.ToHexString(input));
                return input.Length % 2 == 0;
            }) { FixedAllocation = 1 << 20 };
            Assert.Null(new Fuzzer(target, seed).Run(1000));
            return seen;
        }
    }

    private static string Run(Func<byte[], bool> read) => new Fuzzer(new FuzzTarget("t", [[4, 1, 1, 1]], read), 1).Run(10_000) ?? "";
}
