using Microsoft.Extensions.Logging;

namespace Libp2p.TransportInterop;

/// <summary>Logs line by line to standard error: standard output is for the result alone.</summary>
internal sealed class StandardErrorLog(TextWriter errors, LogLevel level) : ILoggerFactory
{
    private const int MaxLine = 4096;
    private readonly TextWriter _errors = TextWriter.Synchronized(errors);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(_errors, level, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("There is one log.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Logger(TextWriter errors, LogLevel level, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= level && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                errors.WriteLine(PrintableText.Escape($"{logLevel} {category}: {formatter(state, exception)} {exception?.Message}", MaxLine));
        }
    }
}
