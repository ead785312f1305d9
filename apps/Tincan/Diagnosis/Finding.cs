using System.Globalization;
using Libp2p;
using Tincan.Chat;

namespace Tincan.Diagnosis;

/// <summary>What a step of a diagnosis found.</summary>
internal enum Verdict
{
    /// <summary>It works.</summary>
    Works,

    /// <summary>It is not there, and there is a way without it.</summary>
    Absent,

    /// <summary>It does not work.</summary>
    Broken,
}

/// <summary>One step of a diagnosis. Texts from the network in it are as they came.</summary>
/// <param name="Step">What was tried, in a word.</param>
/// <param name="Verdict">What was found.</param>
/// <param name="Detail">One line.</param>
internal sealed record Finding(string Step, Verdict Verdict, string Detail)
{
    /// <summary>What to do about it.</summary>
    public string? Next { get; init; }

    /// <summary>How long it took; null where that says nothing.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>As an event for programs.</summary>
    public StepEvent ToEvent() => new(Step, Verdict switch { Verdict.Works => "ok", Verdict.Absent => "absent", _ => "failed" }, Detail) { Ms = Time?.TotalMilliseconds, Hint = Next };

    /// <summary>As a line for people, escaped.</summary>
    public override string ToString()
    {
        var mark = Verdict switch { Verdict.Works => "✓", Verdict.Absent => "–", _ => "✗" };
        var time = Time is { } t ? string.Create(CultureInfo.InvariantCulture, $" ({t.TotalMilliseconds:0.0} ms)") : "";
        var next = Next is null ? "" : $"; {EventText.Escape(Next)}";
        return $"{mark} {Step,-11} {EventText.Escape(Detail)}{time}{next}";
    }
}
