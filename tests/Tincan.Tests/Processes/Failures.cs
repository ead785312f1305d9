namespace Tincan.Tests.Processes;

/// <summary>What every failure of the program looks like.</summary>
internal static class Failures
{
    /// <summary>One line on standard error, with what is wrong and what to do, and no stack trace anywhere.</summary>
    public static void AssertOneLine(Ended ended)
    {
        Assert.Matches(@"\Atincan: [^\n]+; [^\n]+\z", ended.Errors);
        foreach (var trace in (string[])["   at ", "Exception", "Unhandled", ".cs:line"])
        {
            Assert.DoesNotContain(trace, ended.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain(trace, ended.Output, StringComparison.Ordinal);
        }
    }
}
