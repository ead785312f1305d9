using System.Globalization;
using Microsoft.Extensions.Logging;
using Libp2p;

namespace Tincan.Commands;

/// <summary>Logs line by line to a writer: standard error, or a file.</summary>
internal sealed class LineLog : ILoggerFactory
{
    private const int MaxLineLength = 4096;
    private readonly TextWriter _writer;
    private readonly LogLevel _level;
    private readonly Lock _gate = new();
    private bool _broken;

    /// <summary>Creates it.</summary>
    /// <param name="writer">Where lines go; disposed with this.</param>
    /// <param name="level">The least that is logged.</param>
    public LineLog(TextWriter writer, LogLevel level)
    {
        _writer = writer;
        _level = level;
    }

    /// <summary>Logs into a file, behind what is there.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static LineLog ToFile(string path, LogLevel level)
    {
        try
        {
            return new LineLog(new StreamWriter(path, append: true) { AutoFlush = true }, level);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandException($"the log {path} cannot be written ({FailureLine.Of(e).What})", "choose another file with --log FILE");
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is one log.");

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _broken = true;
            try
            {
                _writer.Dispose();
            }
            catch (IOException)
            {
                // What could not be flushed was told at its first failure.
            }
        }
    }

    private void Write(string line)
    {
        lock (_gate)
        {
            if (_broken)
                return;
            try
            {
                _writer.WriteLine(line);
            }
            catch (IOException e)
            {
                // Told once; the chat goes on without a log.
                _broken = true;
                Output.WriteError(FailureLine.Of(new CommandException($"the log cannot be written any more ({FailureLine.Of(e).What})", "free some space, and start again to log")));
            }
        }
    }

    private sealed class Logger(LineLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log._level && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var text = PrintableText.Escape(formatter(state, exception), MaxLineLength);
            // The trace of a defect, for whoever asked for a log; on one line, as each entry is.
            var trace = exception is null ? "" : " | " + PrintableText.Escape(exception.ToString().ReplaceLineEndings(" | "), MaxLineLength);
            log.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {Short(logLevel)} {category}[{eventId.Id}] {text}{trace}"));
        }

        private static string Short(LogLevel level) => level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            _ => "error",
        };
    }
}
