using Tincan.Chat;

namespace Tincan.Diagnosis;

/// <summary>Writes findings as they come, and remembers whether one was bad.</summary>
internal sealed class Findings(TextWriter output, bool json)
{
    /// <summary>Whether something is broken.</summary>
    public bool AnyBroken { get; private set; }

    public async ValueTask AddAsync(Finding finding)
    {
        AnyBroken |= finding.Verdict == Verdict.Broken;
        await output.WriteLineAsync(json ? ChatJson.Write(finding.ToEvent()) : finding.ToString());
    }

    /// <summary>Writes the end: one line for people, one event for programs.</summary>
    public async ValueTask EndAsync(string good, string bad)
    {
        var line = AnyBroken ? bad : good;
        await output.WriteLineAsync(json ? ChatJson.Write(new VerdictEvent(!AnyBroken, line)) : line);
    }
}
