using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Tincan.Commands;

/// <summary>Where a command logs: nowhere, unless it is asked to.</summary>
internal static class LogSetup
{
    /// <summary>Opens the log.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="verbose">The flag that asks for it.</param>
    /// <param name="file">The file that is named, if one is.</param>
    /// <param name="otherwise">The file to take where none is named and standard error is not to be written to.</param>
    /// <returns>Null where nothing is logged.</returns>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static LineLog? Open(ParseResult result, Option<bool> verbose, Option<string>? file = null, string? otherwise = null)
    {
        var path = file is null ? null : result.GetValue(file);
        var level = CommonOptions.Count(result, verbose) switch
        {
            0 when path is null => LogLevel.None,
            0 or 1 => LogLevel.Information,
            2 => LogLevel.Debug,
            _ => LogLevel.Trace,
        };
        if (level == LogLevel.None)
            return null;
        path ??= otherwise;
        return path is null ? new LineLog(Output.OpenError(), level) : LineLog.ToFile(path, level);
    }
}
