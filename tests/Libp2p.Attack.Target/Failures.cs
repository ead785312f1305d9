using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Libp2p.Attack.Target;

/// <summary>Gathers what must never happen: exceptions that nobody observed, and errors in the log.</summary>
sealed class Failures : ILoggerFactory, ILogger
{
    readonly ConcurrentQueue<string> _all = new();

    public Failures()
    {
        TaskScheduler.UnobservedTaskException += (_, e) => _all.Enqueue($"unobserved: {e.Exception}");
        AppDomain.CurrentDomain.UnhandledException += (_, e) => _all.Enqueue($"unhandled: {e.ExceptionObject}");
    }

    public IReadOnlyList<string> All => [.. _all];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            _all.Enqueue($"logged: {formatter(state, exception)} {exception}");
    }
}
