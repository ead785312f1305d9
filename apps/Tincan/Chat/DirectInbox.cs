using Libp2p;

namespace Tincan.Chat;

/// <summary>What becomes of a direct message before it is read.</summary>
internal enum Admission
{
    /// <summary>It is read.</summary>
    Admitted,

    /// <summary>Its sender is passed over in silence.</summary>
    Ignored,

    /// <summary>Its sender sends too much: it is dropped.</summary>
    Refused,
}

/// <summary>Where direct messages arrive, by whatever protocol: one rate a sender over all of them.</summary>
internal sealed class DirectInbox(SenderRates? rates = null, TimeProvider? timeProvider = null)
{
    private readonly SenderRates _rates = rates ?? new SenderRates();
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    /// <summary>Whether a peer's messages are to be passed over in silence.</summary>
    public Func<PeerId, bool> IsIgnored { get; set; } = _ => false;

    /// <summary>Called for each message; while it runs, its sender waits.</summary>
    public Func<PeerId, string, CancellationToken, ValueTask> Received { get; set; } = (_, _, _) => ValueTask.CompletedTask;

    /// <summary>Called once for each sender that sends more than it may.</summary>
    public Func<PeerId, ValueTask> Flooded { get; set; } = _ => ValueTask.CompletedTask;

    /// <summary>Judges a message before anything of it is read: what is dropped costs nothing more.</summary>
    public async ValueTask<Admission> AdmitAsync(PeerId sender)
    {
        if (IsIgnored(sender))
            return Admission.Ignored;
        var verdict = _rates.Count(sender, _time.GetElapsedTime(0));
        if (verdict == RateVerdict.DropAndTell)
            await Flooded(sender).ConfigureAwait(false);
        return verdict == RateVerdict.Take ? Admission.Admitted : Admission.Refused;
    }

    /// <summary>How many messages of a sender were dropped because there were too many.</summary>
    public long Dropped(PeerId peer) => _rates.Dropped(peer);
}
