using System.Net;
using System.Net.Sockets;

namespace Libp2p;

/// <summary>
/// Turns an address that begins with a name into those it stands for: <c>/dns</c>, <c>/dns4</c> and <c>/dns6</c> into IP
/// addresses, <c>/dnsaddr</c> into what its TXT records say, and so on, within bounds (addressing, "IP and Name Resolution").
/// </summary>
public sealed class AddressResolver
{
    private readonly INameResolver _names;
    private readonly AddressResolverOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Creates it.</summary>
    /// <param name="names">Who looks names up.</param>
    /// <param name="options">The bounds; null for the defaults.</param>
    /// <param name="timeProvider">The clock of the deadline; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense.</exception>
    public AddressResolver(INameResolver names, AddressResolverOptions? options = null, TimeProvider? timeProvider = null)
    {
        _names = names;
        _options = options ?? new AddressResolverOptions();
        _options.Validate();
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>True where an address begins with a name. Relayed ones do not count: whoever dials the relay resolves its name.</summary>
    public static bool NeedsResolving(Multiaddress address) => AddressNames.NeedsResolving(address);

    /// <summary>Resolves an address; one that begins with no name is its own result.</summary>
    /// <exception cref="Libp2pException">Nothing was found; it says why: <see cref="Libp2pError.Unreachable"/>, <see cref="Libp2pError.Timeout"/>, or <see cref="Libp2pError.LimitReached"/>.</exception>
    public async ValueTask<IReadOnlyList<ResolvedAddress>> ResolveAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        if (!NeedsResolving(address))
            return [new(address, FromPublicName: false)];
        using var deadline = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var walk = new Walk(address);
        for (var depth = 1; walk.Pending.Count > 0 && !walk.IsFull; depth++)
        {
            var level = walk.TakePending();
            var steps = level.Where(s => Spend(walk, s)).Select(s => StepAsync(s, either.Token)).ToList();
            foreach (var step in steps)
            {
                var (found, failure) = await step.ConfigureAwait(false);
                foreach (var result in found)
                    Take(walk, result, depth);
                walk.Failure ??= failure;
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
        if (walk.Found.Count > 0)
            return walk.Found;
        throw walk.Failure ?? new Libp2pException(Libp2pError.Unreachable, $"nothing that {address} names gives an address for it");
    }

    /// <summary>Takes the look-ups of a step from what is left.</summary>
    private bool Spend(Walk walk, ResolvedAddress step)
    {
        var cost = AddressNames.IsLink(step.Address) || AddressNames.Family(step.Address) != AddressFamily.Unspecified ? 1 : 2;
        if (walk.Lookups + cost <= _options.MaxLookups)
        {
            walk.Lookups += cost;
            return true;
        }
        walk.Failure ??= new(Libp2pError.LimitReached, $"resolving it takes more than {_options.MaxLookups} look-ups");
        return false;
    }

    private void Take(Walk walk, ResolvedAddress result, int depth)
    {
        if (walk.IsFull || !walk.Seen.Add(result.Address))
            return;
        if (!NeedsResolving(result.Address))
        {
            walk.Found.Add(result);
            walk.IsFull = walk.Found.Count == _options.MaxAddresses;
        }
        else if (!AddressNames.IsLink(result.Address) || depth < _options.MaxDepth)
        {
            walk.Pending.Add(result);
        }
        else
        {
            walk.Failure ??= new(Libp2pError.LimitReached, $"more than {_options.MaxDepth} /dnsaddr lead one to the next");
        }
    }

    /// <summary>One step; a failure of it is a value, since others may succeed.</summary>
    private async Task<(IEnumerable<ResolvedAddress> Found, Libp2pException? Failure)> StepAsync(ResolvedAddress step, CancellationToken cancellationToken)
    {
        var name = step.Address.Parts[0].Value;
        try
        {
            if (!AddressNames.IsLink(step.Address))
                return (await ResolveHostAsync(step, name, cancellationToken).ConfigureAwait(false), null);
            var fromPublic = step.FromPublicName || !AddressNames.IsOfLocalUse(name);
            var texts = await _names.ResolveTextAsync("_dnsaddr." + name, cancellationToken).ConfigureAwait(false);
            return (texts.Select(t => AddressNames.Linked(step.Address, t)).OfType<Multiaddress>().Select(a => new ResolvedAddress(a, fromPublic)), null);
        }
        catch (Libp2pException failure)
        {
            return ([], failure);
        }
        catch (OperationCanceledException)
        {
            return ([], new(Libp2pError.Timeout, $"the name {name} did not resolve within {_options.Timeout.TotalSeconds:0.#} s"));
        }
    }

    private async ValueTask<IEnumerable<ResolvedAddress>> ResolveHostAsync(ResolvedAddress step, string name, CancellationToken cancellationToken)
    {
        var family = AddressNames.Family(step.Address);
        var host = IPAddress.TryParse(name, out var literal)
            ? new HostAddresses([literal], IsLocal: true)
            : await _names.ResolveHostAsync(name, family, cancellationToken).ConfigureAwait(false);
        var found = host.Addresses.Where(a => family == AddressFamily.Unspecified || a.AddressFamily == family).Select(a => AddressNames.Replace(step.Address, a));
        var hostName = literal is null ? name.TrimEnd('.') : null;
        return found.OfType<Multiaddress>().Select(a => new ResolvedAddress(a, step.FromPublicName || !host.IsLocal) { HostName = hostName });
    }

    /// <summary>How far a resolution has come.</summary>
    private sealed class Walk(Multiaddress start)
    {
        public HashSet<Multiaddress> Seen { get; } = [start];

        public List<ResolvedAddress> Pending { get; private set; } = [new(start, FromPublicName: false)];

        public List<ResolvedAddress> Found { get; } = [];

        public Libp2pException? Failure { get; set; }

        public int Lookups { get; set; }

        public bool IsFull { get; set; }

        public List<ResolvedAddress> TakePending()
        {
            var pending = Pending;
            Pending = [];
            return pending;
        }
    }
}
