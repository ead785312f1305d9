using System.Globalization;
using System.Runtime.InteropServices;

namespace Tincan.Commands;

/// <summary>
/// Turns the first Ctrl-C, SIGTERM or hang-up into a token, and gives the process two seconds from then on to say goodbye, or as many
/// as <see cref="Variable"/> says; a second Ctrl-C ends it at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>How long a goodbye may take; all that it waits for is within that.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The variable of the environment that gives it longer, in seconds: on a machine that is so busy that it is the goodbye's own work that takes its time.</summary>
    public const string Variable = "TINCAN_GOODBYE";

    private const int MaxSeconds = 3600;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private ITimer? _watchdog;
    private int _signals;

    /// <summary>Listens from now on.</summary>
    public StopSignals()
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Whether there was a signal.</summary>
    public bool Received => Volatile.Read(ref _signals) > 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _watchdog?.Dispose();
        _stop.Dispose();
    }

    /// <summary>How long a goodbye may take where the environment says this.</summary>
    internal static TimeSpan PatienceOf(string? seconds) =>
        int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var more) && more <= MaxSeconds && TimeSpan.FromSeconds(more) > Patience
            ? TimeSpan.FromSeconds(more)
            : Patience;

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
            Environment.Exit(ExitCodes.Interrupted);
        // Whoever does not end in good order by then (a pipe that nobody reads, a peer that does not answer) is ended.
        _watchdog = TimeProvider.System.CreateTimer(_ => Environment.Exit(ExitCodes.Interrupted), null, PatienceOf(Environment.GetEnvironmentVariable(Variable)), Timeout.InfiniteTimeSpan);
        // Not on the signal's own thread, which takes the second one.
        _ = _stop.CancelAsync();
    }
}
