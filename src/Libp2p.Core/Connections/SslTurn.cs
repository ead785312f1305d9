using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Libp2p;

/// <summary>
/// Whose turn it is with an <c>SslStream</c>. Its reading and its writing keep out of each other's way themselves, but its shutdown takes
/// no lock, and the library below is not made for two threads at once: beside a read that opens a record it would write where
/// it must not, and the process would end. So a reader has the turn while it reads, except while it waits for the link, and the shutdown
/// takes it in between.
/// </summary>
/// <remarks>The handshake has the first turn.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore that nobody asks for its handle has nothing to dispose.")]
internal sealed class SslTurn
{
    private readonly SemaphoreSlim _free = new(0, 1);

    /// <summary>Waits for the turn. Whoever has it gives it back soon: it is never kept while waiting for the other side.</summary>
    public Task TakeAsync() => _free.WaitAsync(CancellationToken.None);

    /// <summary>Gives the turn back.</summary>
    public void Give() => _free.Release();

    /// <summary>Waits for the link below, for a reader that has the turn: others have it meanwhile.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadResult> WaitAsync(PipeReader input, CancellationToken cancellationToken)
    {
        Give();
        try
        {
            return await input.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await TakeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Writes the close_notify, in a turn of its own.</summary>
    public async Task ShutdownAsync(SslStream stream)
    {
        await TakeAsync().ConfigureAwait(false);
        try
        {
            await stream.ShutdownAsync().ConfigureAwait(false);
        }
        finally
        {
            Give();
        }
    }
}
