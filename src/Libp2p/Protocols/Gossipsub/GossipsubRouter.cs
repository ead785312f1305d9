using Microsoft.Extensions.Logging;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>The owner of the machine: tells it what happens, one thing at a time, and does what it wants done.</summary>
internal sealed class GossipsubRouter(
    GossipsubMachine machine, Subscriptions subscriptions, TopicValidators validators, GossipsubStatistics statistics, TimeProvider time, ILogger logger)
{
    // Timers round down, and one that is due at once would run on the caller's back.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _wakesAt = TimeSpan.MaxValue;

    [ThreadStatic]
    private static Work? _idle;

    /// <summary>Connects to peers: those named by others with their records, and direct ones.</summary>
    public required Action<GossipsubEffect> Connect { get; init; }

    /// <summary>Told of who comes into a mesh and who leaves it, in that order. Called under the machine's lock.</summary>
    public required Action<GossipsubEffect.MeshChanged> MeshChanged { get; init; }

    /// <summary>Asks for <see cref="Elapse"/> to be called after so long, and not when it was asked for before. Called under the machine's lock.</summary>
    public required Action<TimeSpan> WakeAfter { get; init; }

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Tells the machine that something has happened.</summary>
    public void Advance(GossipsubInput input)
    {
        var work = Begin();
        lock (_gate)
        {
            var now = Now;
            machine.Advance(input, now);
            Take(work, now);
            PlanEarlierWake();
        }
        Do(work);
    }

    /// <summary>Lets time pass, and says when it must pass again.</summary>
    public void Elapse()
    {
        var work = Begin();
        lock (_gate)
        {
            var now = Now;
            machine.Elapse(now);
            Take(work, now);
            PlanWake();
        }
        Do(work);
    }

    /// <summary>Asks the machine something.</summary>
    public T Ask<T>(Func<GossipsubMachine, T> question)
    {
        lock (_gate)
            return question(machine);
    }

    public bool Accepts(PeerId peer)
    {
        lock (_gate)
            return machine.Accepts(peer);
    }

    /// <summary>Lets in those messages of an RPC that are not here or being checked; those that are signed are to be checked by whoever called.</summary>
    /// <param name="from">Who sent them.</param>
    /// <param name="rpc">The RPC.</param>
    /// <param name="arrivals">Messages in it.</param>
    /// <param name="signed">Gets those that are signed.</param>
    public void Receive(PeerId from, ReadOnlySpan<byte> rpc, ReadOnlySpan<MessageArrival> arrivals, List<GossipMessage> signed)
    {
        if (arrivals.IsEmpty)
            return;
        var work = Begin();
        lock (_gate)
        {
            var now = Now;
            foreach (ref readonly var arrival in arrivals)
            {
                if (LetIn(from, arrival, rpc[arrival.Body], now) is not { } message)
                    statistics.Duplicate();
                else if (message.IsSigned)
                    signed.Add(message);
                else
                    Verified(work, from, message, now);
            }
            PlanEarlierWake();
        }
        Do(work);
    }

    /// <summary>A peer sent a message that was refused at first sight.</summary>
    public void Refuse(PeerId from, string topic, MessageRefusal refusal, in MessageFields fields, PeerId? author)
    {
        lock (_gate)
            machine.Refuse(from, topic, refusal, fields, author, Now);
    }

    /// <summary>Publishes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="laggards">Gets the peers that had no room for it.</param>
    /// <returns>How many had; null where the message was here already.</returns>
    public int? Publish(GossipMessage message, List<PeerLink> laggards)
    {
        var work = Begin();
        int? recipients = null;
        lock (_gate)
        {
            if (!machine.IsSeen(message.Id))
            {
                var now = Now;
                machine.Advance(new GossipsubInput.Published(message), now);
                Take(work, now, laggards);
                recipients = work.Recipients;
            }
        }
        Do(work);
        return recipients;
    }

    private GossipMessage? LetIn(PeerId from, in MessageArrival arrival, ReadOnlySpan<byte> body, TimeSpan now)
    {
        // It was read before: only what is new is read twice.
        if (!machine.IsNew(from, arrival.Topic, arrival.Id, body, now) || !MessageCodec.TryRead(body, out var fields))
            return null;
        var message = MessageSignature.Make(fields, arrival.Topic, arrival.Author, arrival.Id);
        if (message.IsSigned)
            machine.Begin(message);
        return message;
    }

    private void Verified(Work work, PeerId from, GossipMessage message, TimeSpan now)
    {
        machine.Advance(new GossipsubInput.MessageVerified(from, message), now);
        Take(work, now);
    }

    private void PlanEarlierWake()
    {
        if (machine.Deadline < _wakesAt)
            PlanWake();
    }

    private void PlanWake()
    {
        _wakesAt = machine.Deadline ?? TimeSpan.MaxValue;
        var wait = _wakesAt - Now;
        WakeAfter(wait > ShortestWait ? wait : ShortestWait);
    }

    private static Work Begin()
    {
        var work = _idle ?? new Work();
        _idle = null;
        return work;
    }

    /// <summary>Takes what the machine wants done: what is quick is done at once, under the lock, so that its order stays.</summary>
    private void Take(Work work, TimeSpan now, List<PeerLink>? laggards = null)
    {
        while (machine.TryTake(out var effect))
        {
            switch (effect)
            {
                case GossipsubEffect.SendMessage send:
                    Queue(work, (PeerLink)send.Peer.Tag!, send.Message, laggards);
                    break;
                case GossipsubEffect.SendControl control:
                    var link = (PeerLink)control.Peer.Tag!;
                    var asks = control.Content.IWant.Count > 0;
                    if (!link.Queue.AddControl(control.Content))
                    {
                        statistics.GossipDropped();
                        if (asks)
                            machine.Advance(new GossipsubInput.RequestsDropped(link.Peer), now);
                    }
                    statistics.ControlSent(control.Content);
                    work.Touch(link);
                    break;
                case GossipsubEffect.CancelMessage cancel:
                    ((PeerLink)cancel.Peer.Tag!).Queue.Cancel(cancel.Id);
                    break;
                case GossipsubEffect.JudgeMessage judge when !validators.Has(judge.Message.Topic):
                    machine.Advance(new GossipsubInput.MessageJudged(judge.ReceivedFrom, judge.Message, PubsubVerdict.Accept), now);
                    break;
                case GossipsubEffect.JudgeMessage judge:
                    work.Judgements.Add(judge);
                    break;
                case GossipsubEffect.Deliver deliver:
                    subscriptions.Deliver(deliver.Message.ToPubsubMessage(deliver.ReceivedFrom), work.Readers);
                    statistics.Delivered();
                    break;
                case GossipsubEffect.MeshChanged change:
                    MeshChanged(change);
                    break;
                default:
                    work.Connections.Add(effect);
                    break;
            }
        }
    }

    private void Queue(Work work, PeerLink link, GossipMessage message, List<PeerLink>? laggards)
    {
        if (link.Queue.TryAdd(message))
            work.Recipients++;
        else if (laggards is not null)
            laggards.Add(link);
        else
            statistics.Dropped();
        work.Touch(link);
    }

    /// <summary>Does what takes time: writing, waking readers, judging, connecting.</summary>
    private void Do(Work work)
    {
        foreach (var link in work.Links)
            link.Pump();
        foreach (var reader in work.Readers)
            reader.Wake();
        foreach (var judgement in work.Judgements)
            _ = JudgeAsync(judgement);
        foreach (var connection in work.Connections)
            Connect(connection);
        work.Clear();
        _idle = work;
    }

    private async Task JudgeAsync(GossipsubEffect.JudgeMessage judge)
    {
        try
        {
            var judgement = await validators.JudgeAsync(judge.Message.ToPubsubMessage(judge.ReceivedFrom)).ConfigureAwait(false);
            Advance(new GossipsubInput.MessageJudged(judge.ReceivedFrom, judge.Message, judgement.Verdict));
            // Counted when its consequences are there: who sees the count sees the score that came of it.
            statistics.Judged(judgement);
        }
        catch (Exception e)
        {
            GossipsubLog.Failed(logger, e);
        }
    }

    /// <summary>What is left to do after the machine was told something; reused by its thread.</summary>
    private sealed class Work
    {
        public List<PeerLink> Links { get; } = [];

        /// <summary>Subscriptions that have got something to read while somebody waits for it.</summary>
        public List<PubsubSubscription> Readers { get; } = [];

        public List<GossipsubEffect.JudgeMessage> Judgements { get; } = [];

        public List<GossipsubEffect> Connections { get; } = [];

        public int Recipients { get; set; }

        public void Touch(PeerLink link)
        {
            if (!Links.Contains(link))
                Links.Add(link);
        }

        public void Clear()
        {
            Links.Clear();
            Readers.Clear();
            Judgements.Clear();
            Connections.Clear();
            Recipients = 0;
        }
    }
}
