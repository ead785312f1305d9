namespace Libp2p;

/// <summary>A caller's token and an absolute deadline in one, which can be set anew for the next step without another allocation.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _caller;

    /// <summary>Creates one that is not set yet.</summary>
    public Deadline(TimeProvider time, CancellationToken cancellationToken)
    {
        _caller = cancellationToken;
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _registration = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    /// <summary>Cancelled by the deadline or by the caller.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether it was the deadline, and not the caller, that cancelled.</summary>
    public bool HasPassed => _source.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>Sets the deadline from now.</summary>
    public void Set(TimeSpan timeout) => _source.CancelAfter(timeout);

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
