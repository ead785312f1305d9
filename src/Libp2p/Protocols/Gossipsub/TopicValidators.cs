using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>The validators of topics, and how many judgements are under way: beyond the bounds a message is ignored.</summary>
internal sealed class TopicValidators(int maxInAll, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private int _running;

    public bool Has(string topic) => _entries.ContainsKey(topic);

    public IDisposable Add(string topic, PubsubValidator validator, ValidatorOptions options)
    {
        var entry = new Entry(this, topic, validator, options);
        return _entries.TryAdd(topic, entry) ? entry : throw new InvalidOperationException($"The topic '{topic}' has a validator already.");
    }

    /// <summary>Asks the topic's validator; accepts where there is none. Never throws.</summary>
    public async ValueTask<Judgement> JudgeAsync(PubsubMessage message)
    {
        if (!_entries.TryGetValue(message.Topic, out var entry))
            return new(PubsubVerdict.Accept);
        if (Interlocked.Increment(ref _running) > maxInAll | Interlocked.Increment(ref entry.Running) > entry.Options.MaxConcurrent)
        {
            Release(entry);
            return new(PubsubVerdict.Ignore, IsThrottled: true);
        }
        try
        {
            using var deadline = new Deadline(time, stopping);
            deadline.Set(entry.Options.Timeout);
            var judging = entry.Validator(message, deadline.Token);
            return new(judging.IsCompletedSuccessfully ? judging.Result : await judging.AsTask().WaitAsync(deadline.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            return new(PubsubVerdict.Ignore);
        }
        catch (Exception e)
        {
            GossipsubLog.ValidatorFailed(logger, message.Topic, e);
            return new(PubsubVerdict.Ignore);
        }
        finally
        {
            Release(entry);
        }
    }

    private void Release(Entry entry)
    {
        Interlocked.Decrement(ref entry.Running);
        Interlocked.Decrement(ref _running);
    }

    private sealed class Entry(TopicValidators validators, string topic, PubsubValidator validator, ValidatorOptions options) : IDisposable
    {
        public int Running;

        public PubsubValidator Validator { get; } = validator;

        public ValidatorOptions Options { get; } = options;

        public void Dispose() => validators._entries.TryRemove(KeyValuePair.Create(topic, this));
    }
}

/// <summary>What came of judging a message.</summary>
/// <param name="Verdict">What the validator said.</param>
/// <param name="IsThrottled">Whether it was not asked, because too many were being judged.</param>
internal readonly record struct Judgement(PubsubVerdict Verdict, bool IsThrottled = false);
