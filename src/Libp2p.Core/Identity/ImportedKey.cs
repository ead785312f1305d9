namespace Libp2p;

/// <summary>
/// Keeps one imported key object of the base class library for the next caller. Those objects promise no thread safety,
/// so a caller has one to itself; callers at the same moment import another. Importing anew for each signature would cost
/// about as much as the signature.
/// </summary>
internal sealed class ImportedKey<T>(Func<T> import)
    where T : class, IDisposable
{
    T? _spare;
    bool _closed;

    public T Rent()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed), this);
        return Interlocked.Exchange(ref _spare, null) ?? import();
    }

    public void Return(T key)
    {
        if (Interlocked.CompareExchange(ref _spare, key, null) is not null)
            key.Dispose();
        // Closed meanwhile: nobody else will come for the spare.
        else if (Volatile.Read(ref _closed))
            Interlocked.Exchange(ref _spare, null)?.Dispose();
    }

    /// <summary>Drops the spare and lends no more. Without it the spare goes with its owner, as a finalizer frees it.</summary>
    public void Close()
    {
        Volatile.Write(ref _closed, true);
        Interlocked.Exchange(ref _spare, null)?.Dispose();
    }
}
