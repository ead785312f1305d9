using System.Buffers;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>The two one-way streams between this node and one peer: this side writes to the one that it opened and reads from the other.</summary>
internal sealed class PeerLink(PeerId peer, GossipsubOptions options, Action<PeerId, GossipMessage, MessageRefusal> checkedMessage) : IThreadPoolWorkItem
{
    /// <summary>Messages of one RPC together: others drop an RPC that is longer than 64 KiB.</summary>
    private const int MaxBatch = 60 * 1024;

    private readonly Lock _inputGate = new();
    private readonly List<RpcContent> _control = [];
    private readonly List<GossipMessage> _messages = [];
    private PeerStream? _output;
    private CancellationTokenSource? _input;
    private volatile bool _isLagging;
    private int _isPumping;
    private long _sent;

    public PeerId Peer { get; } = peer;

    public PeerSendQueue Queue { get; } = new(options);

    public SignatureChecks Checks { get; } = new(peer, options.ValidationQueue, checkedMessage);

    /// <summary>How it forms message ids, and its signed record.</summary>
    public (PubsubPeerKind Kind, ReadOnlyMemory<byte> Record) Identity { get; set; }

    /// <summary>Whether its stream is being opened or is open.</summary>
    public bool IsOpening { get; set; }

    /// <summary>Completes when the machine knows the peer.</summary>
    public TaskCompletionSource Added { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Whether it was waited for in vain, and nothing has left its queue since: it is not waited for again, or whoever reads nothing
    /// would hold up every publisher with every message.
    /// </summary>
    public bool IsLagging => _isLagging;

    public bool HasOutput => Volatile.Read(ref _output) is not null;

    /// <summary>Messages that were handed to the connection.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>It was waited for in vain.</summary>
    public void GiveUp() => _isLagging = true;

    /// <summary>Writes to this stream from here on.</summary>
    public void Attach(PeerStream output)
    {
        Queue.Clear();
        _isLagging = false;
        Volatile.Write(ref _output, output);
    }

    public void Detach(PeerStream output) => Interlocked.CompareExchange(ref _output, null, output);

    /// <summary>Reads from a new stream from here on: the one before is no longer read.</summary>
    public CancellationTokenSource BeginInput(CancellationToken stopping)
    {
        var input = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        lock (_inputGate)
        {
            _input?.Cancel();
            _input = input;
        }
        return input;
    }

    /// <summary>Ends reading; true where no newer stream has taken the place.</summary>
    public bool EndInput(CancellationTokenSource input)
    {
        lock (_inputGate)
        {
            // Under the lock, or another stream might cancel what is disposed.
            input.Dispose();
            if (_input != input)
                return false;
            _input = null;
            return true;
        }
    }

    /// <summary>Has a thread of the pool send what waits, unless that is being done: what is queued meanwhile goes with it.</summary>
    public void Pump()
    {
        if (Queue.HasOverflowed)
            Volatile.Read(ref _output)?.Reset();
        if (HasOutput && !Queue.IsEmpty && Interlocked.CompareExchange(ref _isPumping, 1, 0) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = PumpAsync();

    /// <summary>Ends writing in good order.</summary>
    public async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _output, null) is { } output)
            await output.DisposeAsync().ConfigureAwait(false);
        lock (_inputGate)
            _input?.Cancel();
    }

    private async Task PumpAsync()
    {
        do
        {
            while (Volatile.Read(ref _output) is { } output && Queue.TryTake(_control, _messages, MaxBatch))
            {
                try
                {
                    Write(output);
                    await output.Output.FlushAsync().ConfigureAwait(false);
                    _isLagging = false;
                }
                catch (Exception)
                {
                    // The stream has ended: whoever waits for that opens another, and the peer is told everything anew.
                    Detach(output);
                    output.Reset();
                    _control.Clear();
                    _messages.Clear();
                }
            }
            Volatile.Write(ref _isPumping, 0);
        }
        while (HasOutput && !Queue.IsEmpty && Interlocked.CompareExchange(ref _isPumping, 1, 0) == 0);
    }

    private void Write(PeerStream output)
    {
        foreach (var content in _control)
        {
            foreach (var frame in RpcCodec.Write(content))
                output.Output.Write(frame);
        }
        _control.Clear();
        if (_messages.Count == 0)
            return;
        var length = 0;
        foreach (var message in _messages)
            length += message.Part.Length;
        Varint.Write(output.Output, (ulong)length);
        foreach (var message in _messages)
            output.Output.Write(message.Part.Span);
        Volatile.Write(ref _sent, _sent + _messages.Count);
        _messages.Clear();
    }
}
