using System.Globalization;

namespace Libp2p.Benchmarks.Macro;

/// <summary>The flags of <c>macro</c>.</summary>
internal sealed class MacroOptions
{
    /// <summary>The figures to measure; empty for all.</summary>
    public IReadOnlyList<string> Only { get; private set; } = [];

    /// <summary>How often every side has its turn.</summary>
    public int Rounds { get; private set; } = 3;

    /// <summary>How long one measurement takes, about.</summary>
    public double Seconds { get; private set; } = 3;

    /// <summary>Fewer of everything: all figures within three minutes, and worth as much.</summary>
    public bool IsQuick { get; private set; }

    public bool WithJs { get; private set; } = true;

    /// <summary>Whether docs/performance.md is written.</summary>
    public bool Update { get; private set; }

    /// <summary>Reads the flags; null, with the reason, where they make no sense.</summary>
    public static MacroOptions? TryParse(string[] args, out string? error)
    {
        var options = new MacroOptions();
        List<string> only = [];
        error = null;
        for (var i = 0; i < args.Length && error is null; i++)
        {
            switch (args[i])
            {
                case "--only":
                    while (i + 1 < args.Length && !args[i + 1].StartsWith('-'))
                        only.Add(args[++i]);
                    error = only.Count == 0 ? "--only needs the name of a figure" : null;
                    break;
                case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
                    options.Rounds = rounds;
                    i++;
                    break;
                case "--seconds" when i + 1 < args.Length && double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var seconds) && seconds > 0:
                    options.Seconds = seconds;
                    i++;
                    break;
                case "--quick":
                    options.IsQuick = true;
                    options.Seconds = 0.5;
                    break;
                case "--no-js":
                    options.WithJs = false;
                    break;
                case "--update":
                    options.Update = true;
                    break;
                default:
                    error = $"'{args[i]}' is not understood: --only NAME …, --rounds N, --seconds S, --quick, --no-js, --update";
                    break;
            }
        }
        options.Only = only;
        return error is null ? options : null;
    }
}
