using Libp2p.Protocols.Gossipsub.Score;
using Libp2p.Testing;

namespace Libp2p.Tests.Protocols.Gossipsub.Score;

/// <summary>Random doings of a crowd, against a score that is computed anew from all that ever happened.</summary>
public class PeerScoreModelTests
{
    const int Peers = 12;
    const double Decay = 0.9;

    [Fact]
    public void The_score_is_what_the_whole_history_gives()
    {
        var random = TestRandom.Create();
        for (var run = 0; run < 50; run++)
            new Model(random).Run();
    }

    sealed class Model(Random random)
    {
        readonly ScoreSteps _steps = new(o =>
        {
            (o.ColocationWeight, o.ColocationThreshold) = (-3, 2);
            (o.BehaviourWeight, o.BehaviourThreshold, o.BehaviourDecay) = (-2, 1, Decay);
            (o.DecayToZero, o.Retention) = (double.Epsilon, TimeSpan.FromSeconds(20));
            var topic = o.DefaultTopic!;
            (topic.FirstDeliveriesWeight, topic.FirstDeliveriesDecay, topic.FirstDeliveriesCap) = (5, Decay, 1e6);
            (topic.InvalidMessagesWeight, topic.InvalidMessagesDecay) = (-7, Decay);
            (topic.TimeInMeshWeight, topic.TimeInMeshQuantum, topic.TimeInMeshCap) = (0.25, TimeSpan.FromSeconds(2), 4);
        });

        readonly History[] _histories = [.. Enumerable.Range(0, Peers).Select(_ => new History())];
        readonly Dictionary<int, (bool IsValid, int First)> _verdicts = [];
        int _message;

        public void Run()
        {
            for (var step = 0; step < 300; step++)
            {
                Step(random.Next(Peers));
                for (var peer = 0; peer < Peers; peer++)
                    Assert.Equal(Expected(_histories[peer]), _steps.Score.Score(ScoreSteps.Peer(peer)), tolerance: 1e-6);
            }
        }

        void Step(int number)
        {
            var (peer, history) = (ScoreSteps.Peer(number), _histories[number]);
            switch (random.Next(10))
            {
                case 0:
                    var address = random.Next(3);
                    if (!history.IsConnected)
                        history.Connect(address);
                    else if (!history.Addresses.Contains(address))
                        history.Addresses.Add(address);
                    _steps.Connect(number, ScoreSteps.Address(address));
                    break;
                case 1:
                    history.Disconnect(_steps.Now + _steps.Options.Retention);
                    _steps.Score.RemovePeer(peer, _steps.Now);
                    break;
                case 2:
                    history.Graft(_steps.Now);
                    _steps.Graft(peer);
                    break;
                case 3:
                    history.GraftedAt = null;
                    _steps.Score.Prune(peer, ScoreSteps.Topic);
                    break;
                case 4:
                    if (history.IsConnected)
                        history.Good.Add(history.Age);
                    _verdicts[_message] = (true, number);
                    _steps.Deliver(peer, _message++);
                    break;
                case 5:
                    history.Blame(_steps.Now + _steps.Options.Retention);
                    _verdicts[_message] = (false, number);
                    _steps.Reject(peer, _message++);
                    break;
                case 6 when _message > 0:
                    var repeated = random.Next(_message);
                    if (!_verdicts[repeated].IsValid)
                        history.Blame(_steps.Now + _steps.Options.Retention);
                    _steps.Repeat(peer, ScoreSteps.Message(repeated));
                    break;
                case 7:
                    if (history.IsKnown)
                        history.Penalties.Add((2, history.Age));
                    _steps.Score.AddPenalty(peer, 2);
                    break;
                default:
                    _steps.Pass(1);
                    foreach (var each in _histories)
                        each.Pass(_steps.Now);
                    break;
            }
        }

        double Expected(History history)
        {
            if (!history.IsKnown)
                return 0;
            var score = 5 * history.Good.Sum(since => Math.Pow(Decay, history.Age - since));
            score -= 7 * Math.Pow(history.Bad.Sum(since => Math.Pow(Decay, history.Age - since)), 2);
            if (history.GraftedAt is not null)
                score += 0.25 * Math.Min((int)(history.MeshTime.TotalSeconds / 2), 4);
            var penalties = history.Penalties.Sum(p => p.Count * Math.Pow(Decay, history.Age - p.Since));
            score -= 2 * Math.Pow(Math.Max(0, penalties - 1), 2);
            foreach (var address in history.Addresses)
                score -= 3 * Math.Pow(Math.Max(0, _histories.Count(h => h.IsKnown && h.Addresses.Contains(address)) - 2), 2);
            return score;
        }
    }

    /// <summary>All that a peer did, with its age then; its age stands still while it is away.</summary>
    sealed class History
    {
        public bool IsConnected { get; private set; }

        public bool IsKnown { get; private set; }

        public int Age { get; private set; }

        public List<int> Good { get; } = [];

        public List<int> Bad { get; } = [];

        public List<(int Count, int Since)> Penalties { get; } = [];

        public List<int> Addresses { get; } = [];

        public TimeSpan? GraftedAt { get; set; }

        public TimeSpan MeshTime { get; private set; }

        TimeSpan ForgottenAt { get; set; }

        public void Connect(int address)
        {
            (IsConnected, IsKnown) = (true, true);
            Addresses.Clear();
            Addresses.Add(address);
        }

        public void Disconnect(TimeSpan forgottenAt)
        {
            if (!IsConnected)
                return;
            (IsConnected, GraftedAt, ForgottenAt) = (false, null, forgottenAt);
            Good.Clear();
            if (Bad.Count + Penalties.Count == 0)
                Forget();
        }

        public void Graft(TimeSpan now)
        {
            if (IsConnected && GraftedAt is null)
                (GraftedAt, MeshTime) = (now, TimeSpan.Zero);
        }

        public void Blame(TimeSpan forgottenAt)
        {
            if (!IsKnown)
                (IsKnown, ForgottenAt) = (true, forgottenAt);
            Bad.Add(Age);
        }

        public void Pass(TimeSpan now)
        {
            if (IsConnected)
            {
                Age++;
                MeshTime = GraftedAt is { } at ? now - at : TimeSpan.Zero;
            }
            else if (IsKnown && ForgottenAt <= now)
            {
                Forget();
            }
        }

        void Forget()
        {
            IsKnown = false;
            Bad.Clear();
            Penalties.Clear();
            Addresses.Clear();
        }
    }
}
