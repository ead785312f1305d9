using System.Threading.Channels;
using Libp2p.Testing;

namespace Libp2p.Tests.Swarm;

/// <summary>A transport whose attempts wait for the test to end them. An attempt that is cancelled ends so, unless it is told to be deaf.</summary>
sealed class FakeTransport(string name = "tcp") : ITransport
{
    readonly Channel<FakeAttempt> _attempts = Channel.CreateBounded<FakeAttempt>(100_000);

    public bool Deaf { get; init; }

    public bool Handles(Multiaddress address) => name == "tcp" ? address.Contains(MultiaddressProtocols.Tcp) : address.Contains(MultiaddressProtocols.Memory);

    /// <summary>The next attempt to start.</summary>
    public async Task<FakeAttempt> NextAsync() => await _attempts.Reader.ReadAsync().AsTask().WaitAsync(PipeTransfer.Alive);

    public async Task<FakeAttempt[]> NextAsync(int count)
    {
        var attempts = new FakeAttempt[count];
        for (var i = 0; i < count; i++)
            attempts[i] = await NextAsync();
        return attempts;
    }

    public bool IsIdle => _attempts.Reader.Count == 0;

    public async ValueTask<PeerConnection> DialAsync(Multiaddress address, PeerId? expectedPeer, IProgress<DialStage>? progress, CancellationToken cancellationToken)
    {
        var attempt = new FakeAttempt(address, expectedPeer, progress!, cancellationToken);
        await _attempts.Writer.WriteAsync(attempt, CancellationToken.None);
        return Deaf ? await attempt.Task : await attempt.Task.WaitAsync(cancellationToken);
    }

    public ValueTask<IListener<PeerConnection>> ListenAsync(Multiaddress address, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override string ToString() => name;
}

sealed class FakeAttempt(Multiaddress address, PeerId? expectedPeer, IProgress<DialStage> progress, CancellationToken cancellationToken)
{
    readonly TaskCompletionSource<PeerConnection> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Multiaddress Address => address;

    public PeerId? ExpectedPeer => expectedPeer;

    public IProgress<DialStage> Progress => progress;

    public CancellationToken CancellationToken => cancellationToken;

    public Task<PeerConnection> Task => _result.Task;

    public FakeConnection Succeed(PeerId? peer = null)
    {
        var connection = new FakeConnection(peer ?? expectedPeer ?? Peers.Id(0), address);
        _result.SetResult(connection);
        return connection;
    }

    public void Fail(Exception exception) => _result.SetException(exception);

    public void Fail(string message = "The connection was refused.") => Fail(new Libp2pException(Libp2pError.Unreachable, message));

    public async Task CancelledAsync()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.Register(cancelled.SetResult))
            await cancelled.Task.WaitAsync(PipeTransfer.Alive);
    }
}
