using System.Globalization;
using System.Text;
using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro;

/// <summary>The table: on the terminal, and as docs/performance.md.</summary>
internal sealed class Report(MacroOptions options)
{
    private static readonly string[] Columns =
        ["figure", "unit", "ours", "js", "limit", "× js", "× limit", "gate", "met", "goal", "reached", "date", "command"];

    private readonly List<string[]> _lines = [];

    public void Add(IFigure figure, IReadOnlyList<Row> rows)
    {
        var date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var command = $"--only {figure.Name} --rounds {options.Rounds} --seconds {options.Seconds.ToString(CultureInfo.InvariantCulture)}{(options.IsQuick ? " --quick" : "")}";
        foreach (var row in rows)
        {
            _lines.Add(
            [
                row.Name, row.Unit, Number(row.Median(Side.Ours)), Number(row.Median(Side.Js)), Number(row.Median(Side.Limit)),
                Number(row.Ratio(Side.Js)), Number(row.Ratio(Side.Limit)),
                row.Describe(row.Gate), Answer(row.IsMet(row.Gate)), row.Describe(row.Goal), Answer(row.IsMet(row.Goal)), date, command,
            ]);
        }
    }

    /// <summary>The table without date and command, in columns.</summary>
    public string ToText()
    {
        var shown = _lines.Prepend(Columns).Select(line => line[..^2]).ToList();
        var widths = Enumerable.Range(0, Columns.Length - 2).Select(i => shown.Max(line => line[i].Length)).ToList();
        return string.Join('\n', shown.Select(line => string.Join("  ", line.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd()));
    }

    /// <summary>Writes docs/performance.md; figures that were not measured now stay as they were.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> WriteAsync()
    {
        var path = Path.Combine(Repository.Root, "docs", "performance.md");
        var kept = File.Exists(path) ? await File.ReadAllLinesAsync(path) : [];
        var lines = kept.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(Cells).Where(c => c.Length == Columns.Length).ToList();
        foreach (var line in _lines)
        {
            var at = lines.FindIndex(l => l[0] == line[0]);
            if (at >= 0)
                lines[at] = line;
            else
                lines.Add(line);
        }
        var text = new StringBuilder(Head());
        text.AppendLine(Join(Columns)).AppendLine("|" + string.Concat(Enumerable.Repeat("---|", Columns.Length)));
        foreach (var line in lines)
            text.AppendLine(Join(line));
        await File.WriteAllTextAsync(path, text.ToString());
        return path;
    }

    private static string Head() => $"""
        # Performance

        Written by the benchmark program; do not edit. A row is measured again by

            dotnet run -c Release --project bench/Libp2p.Benchmarks -- macro --update COMMAND

        with its last cell for COMMAND (without one: all). Ours and js-libp2p run in turn in one run, two processes each, over TCP on the
        loopback interface with Noise and Yamux; figures are medians over the rounds, ratios medians of the rounds' ratios: judge by those,
        for absolute figures drift with the machine. The limit is a bare socket in two processes: for throughput with ChaCha20-Poly1305 in
        frames of 65,519 bytes, four a write (in a private network with XSalsa20 over that), for TLS a bare `SslStream`; for the echo
        without. MB and GB are powers of ten. A gate must be met, a goal is aimed at.

        Last run on {Environment.ProcessorCount} cores, .NET {Environment.Version}, {System.Runtime.InteropServices.RuntimeInformation.OSDescription.Trim()}.


        """.ReplaceLineEndings("\n");

    private static string Join(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];

    private static string Answer(bool? met) => met switch { true => "yes", false => "NO", null => "" };

    private static string Number(double? value) => value switch
    {
        null => "",
        { } v when Math.Abs(v) >= 100 => v.ToString("#,0", CultureInfo.InvariantCulture),
        { } v when Math.Abs(v) >= 10 => v.ToString("0.0", CultureInfo.InvariantCulture),
        { } v => v.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
