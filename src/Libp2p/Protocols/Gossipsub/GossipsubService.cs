using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// Publish/subscribe by gossipsub v1.2, and by what came before it with peers that know no more: <c>/meshsub/1.2.0</c>,
/// <c>/meshsub/1.1.0</c>, <c>/meshsub/1.0.0</c>, <c>/floodsub/1.0.0</c> (pubsub specifications).
/// </summary>
public sealed class GossipsubService : IPubsub, INodeService
{
    private readonly GossipsubOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _topicGate = new();
    private readonly Subscriptions _subscriptions = new();
    private readonly GossipsubStatistics _statistics = new();
    private readonly ConcurrentDictionary<PeerId, bool> _blocked = new();
    private readonly SequenceNumbers _numbers;
    private readonly Meter? _meter;
    private readonly TopicValidators _validators;
    private INode? _node;
    private GossipsubRouter? _router;
    private PeerLinks? _links;
    private GossipsubMetrics? _metrics;
    private readonly ITimer _heart;
    private Task _running = Task.CompletedTask;

    /// <summary>Creates it.</summary>
    /// <param name="options">Its parameters and bounds.</param>
    /// <param name="timeProvider">Its clock, of which the numbers of own messages are taken too.</param>
    /// <param name="logger">Where it logs.</param>
    /// <param name="meter">The node's meter; null to measure nothing.</param>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public GossipsubService(GossipsubOptions? options = null, TimeProvider? timeProvider = null, ILogger<GossipsubService>? logger = null, Meter? meter = null)
    {
        _meter = meter;
        _options = options ?? new GossipsubOptions();
        _options.Validate();
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<GossipsubService>.Instance;
        _heart = _time.CreateTimer(_ => Beat(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _numbers = new SequenceNumbers(_time);
        _validators = new TopicValidators(_options.ValidationThrottle, _time, _logger, _stopping.Token);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Topics => _subscriptions.Topics;

    private GossipsubRouter Router => _router ?? throw new InvalidOperationException("Gossipsub is not attached to a node: start the node first.");

    /// <inheritdoc/>
    public ValueTask StartAsync(INode node, CancellationToken cancellationToken)
    {
        _node = node;
        // Peers must not foresee whom this node grafts.
        var random = new Random(System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));
        var machine = new GossipsubMachine(_options, node.Identity.PeerId, new PeerSampler(random), TimeSpan.Zero);
        var connector = new PeerConnector(node, _logger);
        var worth = new PeerWorth(node.ConnectionTags, _options);
        worth.ProtectDirectPeers();
        _router = new GossipsubRouter(machine, _subscriptions, _validators, _statistics, _time, _logger)
        {
            Connect = connector.Connect,
            MeshChanged = worth.Apply,
            WakeAfter = wait => _heart.Change(wait, Timeout.InfiniteTimeSpan),
        };
        var intake = new MessageIntake(_options, node.Identity.PeerId, _subscriptions, _statistics, _router, peer => _blocked.ContainsKey(peer));
        _links = new PeerLinks(node, _options, _router, intake, _statistics, peer => _blocked.ContainsKey(peer), _time, _logger);
        if (_meter is not null)
            _metrics = new GossipsubMetrics(_meter, _statistics, () => _links.Sent, () => _router.Ask(machine => machine.Measure()) with { QueuedBytes = _links.QueuedBytes });
        _links.Start();
        _running = Task.WhenAll(_links.WatchAsync(node.WatchAsync(_stopping.Token)), connector.RunAsync(_stopping.Token));
        Beat();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public IPubsubSubscription Subscribe(string topic, SubscriptionOptions? options = null)
    {
        CheckTopic(topic);
        options ??= new SubscriptionOptions();
        options.Validate();
        if (_options.SubscriptionFilter?.Invoke(topic) == false)
            throw new Libp2pException(Libp2pError.Refused, $"The subscription filter does not let the topic '{topic}' pass.");
        var router = Router;
        var subscription = new PubsubSubscription(topic, options.Capacity, Leave);
        lock (_topicGate)
        {
            if (_subscriptions.Count >= _options.MaxTopics && !_subscriptions.Topics.Contains(topic, StringComparer.Ordinal))
                throw new Libp2pException(Libp2pError.LimitReached, $"This node is subscribed to {_options.MaxTopics} topics, which is the most.");
            if (_subscriptions.Add(subscription))
                router.Advance(new GossipsubInput.Joined(topic));
        }
        return subscription;
    }

    /// <inheritdoc/>
    public async ValueTask<PublishResult> PublishAsync(string topic, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        CheckTopic(topic);
        if (data.Length > _options.MaxMessageLength)
            throw new ArgumentException($"A message has at most {_options.MaxMessageLength} bytes, not {data.Length}: see GossipsubOptions.MaxMessageLength.", nameof(data));
        cancellationToken.ThrowIfCancellationRequested();
        var router = Router;
        var message = Create(topic, data.Span);
        if (_validators.Has(topic) && await _validators.JudgeAsync(message.ToPubsubMessage(_node!.Identity.PeerId)).ConfigureAwait(false) is { Verdict: not PubsubVerdict.Accept and var verdict })
            throw new Libp2pException(Libp2pError.Refused, $"This node's own validator of '{topic}' says {verdict} of the message.");
        List<PeerLink> laggards = [];
        var recipients = router.Publish(message, laggards)
            ?? throw new Libp2pException(Libp2pError.Refused, $"A message with the same id was published on '{topic}' a short while ago.");
        _statistics.Published();
        if (laggards.Count > 0)
        {
            var left = await WaitForLaggardsAsync(message, laggards, cancellationToken).ConfigureAwait(false);
            recipients += laggards.Count - left;
            _statistics.LaggardsLeftOut(left);
            return new PublishResult(message.Id, message.SequenceNumber, recipients, left);
        }
        return new PublishResult(message.Id, message.SequenceNumber, recipients, 0);
    }

    /// <inheritdoc/>
    public IReadOnlyList<PeerId> GetSubscribers(string topic) => Router.Ask(machine => machine.Subscribers(topic));

    /// <inheritdoc/>
    public IDisposable AddValidator(string topic, PubsubValidator validator, ValidatorOptions? options = null)
    {
        CheckTopic(topic);
        ArgumentNullException.ThrowIfNull(validator);
        options ??= new ValidatorOptions();
        options.Validate();
        return _validators.Add(topic, validator, options);
    }

    /// <summary>Takes nothing from a peer any more, nor messages that it wrote, whoever sends them.</summary>
    public void Block(PeerId peer) => _blocked[peer] = true;

    /// <summary>Takes back <see cref="Block"/>.</summary>
    public void Unblock(PeerId peer) => _blocked.TryRemove(peer, out _);

    /// <summary>What gossipsub is doing at this moment: topics, meshes, scores, caches, counters. Immutable.</summary>
    public GossipsubSnapshot Inspect()
    {
        var described = Router.Ask(machine => machine.Describe());
        return described with
        {
            Peers = [.. described.Peers.Select(p => _links!.Find(p.Peer)?.Queue.Length is { } queue ? p with { QueuedMessages = queue.Messages, QueuedBytes = queue.Bytes } : p)],
            Counters = _statistics.Read(_links!.Sent),
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _metrics?.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _heart.DisposeAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        if (_links is { } links)
            await links.DisposeAsync().ConfigureAwait(false);
        _subscriptions.End();
    }

    private static void CheckTopic(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        if (Encoding.UTF8.GetByteCount(topic) > IPubsub.MaxTopicLength)
            throw new ArgumentException($"A topic's name has at most {IPubsub.MaxTopicLength} bytes of UTF-8.", nameof(topic));
    }

    private GossipMessage Create(string topic, ReadOnlySpan<byte> data)
    {
        var signs = _options.SignaturePolicy is SignaturePolicy.StrictSign or SignaturePolicy.LaxSign;
        var function = _options.FunctionFor(topic, PubsubPeerKind.Specified) ?? throw new Libp2pException(Libp2pError.Refused, $"No message id function is given for '{topic}'.");
        return MessageSignature.Create(signs ? _node!.Identity : null, topic, data, _numbers.Next(), function);
    }

    private void Leave(PubsubSubscription subscription)
    {
        lock (_topicGate)
        {
            if (_subscriptions.Remove(subscription))
                _router?.Advance(new GossipsubInput.Left(subscription.Topic));
        }
    }

    /// <summary>Waits for room in the queues of slow peers, in all of them at once; tells how many had none in time.</summary>
    private async ValueTask<int> WaitForLaggardsAsync(GossipMessage message, List<PeerLink> laggards, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(_time, cancellationToken);
        deadline.Set(_options.PublishTimeout);
        var taken = await Task.WhenAll(laggards.Select(link => TryQueueAsync(link, message, deadline))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return taken.Count(isTaken => !isTaken);
    }

    /// <summary>Queues a message for a slow peer as soon as there is room; false where there is none in time.</summary>
    private static async Task<bool> TryQueueAsync(PeerLink link, GossipMessage message, Deadline deadline)
    {
        while (!link.Queue.TryAdd(message))
        {
            if (link.IsLagging || !link.HasOutput)
                return false;
            if (deadline.Token.IsCancellationRequested)
            {
                if (deadline.HasPassed)
                    link.GiveUp();
                return false;
            }
            try
            {
                await link.Queue.WaitForRoomAsync().WaitAsync(deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The time is over: there may be room all the same.
            }
        }
        link.Pump();
        return true;
    }

    private void Beat()
    {
        try
        {
            if (!_stopping.IsCancellationRequested)
                _router!.Elapse();
        }
        catch (Exception e)
        {
            GossipsubLog.Failed(_logger, e);
        }
    }
}
