using System.Text.RegularExpressions;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Rules;

/// <summary>Codecs and machines are told what happened and what time it is: they ask no clock, socket, task, thread or random source.</summary>
internal static partial class PurityRule
{
    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files) =>
        from file in files
        where CodecOrMachine().IsMatch(file.Name)
        from Match match in Impure().Matches(file.Code)
        select $"{file.Path}({file.LineOf(match.Index)}): {match.Value} in a codec or a machine: pass in what it gives";

    [GeneratedRegex(@"(?:Codecs?|Machine)(?:\.\w+)?\.cs$")]
    private static partial Regex CodecOrMachine();

    [GeneratedRegex(@"\b(?:TimeProvider|Stopwatch|DateTime|DateTimeOffset|Environment|Socket|TcpClient|Task|ValueTask|TaskCompletionSource|Thread|ThreadPool|Timer|ITimer|Random|RandomNumberGenerator|CancellationToken|async|await)\b")]
    private static partial Regex Impure();
}
