using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Names;

/// <summary>
/// Looks names up in the machine's list of hosts and by DNS: at the machine's servers or others, over UDP with TCP where it
/// does not fit, or over HTTPS. Remembers answers for their time.
/// </summary>
public sealed class DnsResolver : INameResolver, IDisposable
{
    // Chains of two or three are common; who makes longer ones means no good.
    private const int MaxAliases = 8;

    private readonly NameOptions _options;
    private readonly TimeProvider _time;
    private readonly long _epoch;
    private readonly SystemNames _system;
    private readonly DnsClient _client;
    private readonly DnsCache _cache;
    private readonly SemaphoreSlim _slots;

    /// <summary>Creates it.</summary>
    /// <param name="options">Null for the machine's servers.</param>
    /// <param name="timeProvider">The clock of time-outs and of what is remembered; null for the system's.</param>
    /// <param name="logger">Null for no log.</param>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public DnsResolver(NameOptions? options = null, TimeProvider? timeProvider = null, ILogger<DnsResolver>? logger = null)
    {
        _options = options ?? new NameOptions();
        _options.Validate();
        _time = timeProvider ?? TimeProvider.System;
        _epoch = _time.GetTimestamp();
        _system = new(_options);
        _client = new(_options, _system, _time, logger ?? (ILogger)NullLogger.Instance);
        _cache = new(_options.MaxCached);
        _slots = new(_options.MaxParallel);
    }

    /// <summary>How many answers are remembered.</summary>
    public int CachedCount => _cache.Count;

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <inheritdoc/>
    public async ValueTask<HostAddresses> ResolveHostAsync(string name, AddressFamily family, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        var host = name.TrimEnd('.');
        if (FindLocally(host, family) is { } local)
            return local;
        if (IPAddress.TryParse(host, out _))
            throw new Libp2pException(Libp2pError.Unreachable, $"{host} is an address of the other family");
        if (host.EndsWith(".local", StringComparison.OrdinalIgnoreCase))
            return await AskPlatformAsync(host, family, cancellationToken).ConfigureAwait(false);

        var failure = $"{host} is no name";
        foreach (var (candidate, isSearched) in Candidates(name))
        {
            if (ToDnsName(candidate) is not { } question)
                continue;
            var found = await AddressesAsync(question, family, cancellationToken).ConfigureAwait(false);
            if (found.Failure is null)
                return new([.. found.Addresses], isSearched || AddressNames.IsOfLocalUse(name));
            failure = found.Failure;
        }
        throw new Libp2pException(Libp2pError.Unreachable, failure);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ResolveTextAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        var found = ToDnsName(name) is { } question
            ? await LookUpAsync(question, DnsType.Txt, cancellationToken).ConfigureAwait(false)
            : new([], $"{name} is no name");
        return found.Failure is null ? [.. found.Texts] : throw new Libp2pException(Libp2pError.Unreachable, found.Failure);
    }

    /// <summary>Ends it; look-ups that are under way end by themselves.</summary>
    public void Dispose() => _client.Dispose();

    /// <summary>Addresses that take no asking: written out, this machine's own, or in its list of hosts.</summary>
    private HostAddresses? FindLocally(string host, AddressFamily family)
    {
        IReadOnlyList<IPAddress> known = IPAddress.TryParse(host, out var literal) ? [literal]
            : _system.FindHost(host) is { Count: > 0 } listed ? listed
            // RFC 6761, section 6.3: whatever a server would say.
            : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) ? [IPAddress.IPv6Loopback, IPAddress.Loopback]
            : [];
        IPAddress[] fitting = [.. known.Where(a => family == AddressFamily.Unspecified || a.AddressFamily == family)];
        return fitting.Length > 0 ? new(fitting, IsLocal: true) : null;
    }

    /// <summary>Names of multicast DNS are the platform's business (RFC 6762, section 3), where it has any.</summary>
    private static async Task<HostAddresses> AskPlatformAsync(string host, AddressFamily family, CancellationToken cancellationToken)
    {
        try
        {
            var found = await Dns.GetHostAddressesAsync(host, family, cancellationToken).ConfigureAwait(false);
            if (found.Length > 0)
                return new([.. found], IsLocal: true);
        }
        catch (SocketException e)
        {
            throw new Libp2pException(Libp2pError.Unreachable, $"the name {host} does not resolve on this network", e);
        }
        throw new Libp2pException(Libp2pError.Unreachable, $"the name {host} does not resolve on this network");
    }

    /// <summary>The names to ask for. Search domains are the machine's, and for its servers alone.</summary>
    private IEnumerable<(string Name, bool IsSearched)> Candidates(string name) =>
        _options.Servers.Count > 0 || _options.HttpsServers.Count > 0 ? [(name, false)] : _system.Resolver().Candidates(name);

    private async Task<LookUp> AddressesAsync(DnsName name, AddressFamily family, CancellationToken cancellationToken)
    {
        if (family != AddressFamily.Unspecified)
            return await LookUpAsync(name, family == AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa, cancellationToken).ConfigureAwait(false);

        // Both at once. Where one family is there, the other gets a moment more, and no longer (RFC 8305, section 3).
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var six = LookUpAsync(name, DnsType.Aaaa, enough.Token);
        var four = LookUpAsync(name, DnsType.A, enough.Token);
        var first = await Task.WhenAny(six, four).ConfigureAwait(false);
        if (first is { IsCompletedSuccessfully: true, Result.Failure: null })
        {
            await Task.WhenAny(first == six ? four : six, Task.Delay(_options.ResolutionDelay, _time, enough.Token)).ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
        }
        LookUp[] both = [await OrNothingAsync(six, cancellationToken).ConfigureAwait(false), await OrNothingAsync(four, cancellationToken).ConfigureAwait(false)];
        var found = both.Where(l => l.Failure is null).SelectMany(l => l.Records).ToList();
        return found.Count > 0 ? new(found, null) : both[1];
    }

    /// <summary>A look-up that was given up for the other's sake found nothing; one that the caller gave up is its cancellation.</summary>
    private static async Task<LookUp> OrNothingAsync(Task<LookUp> lookUp, CancellationToken cancellationToken)
    {
        try
        {
            return await lookUp.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new([], "it was given up");
        }
    }

    private async Task<LookUp> LookUpAsync(DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        if (_cache.Find(name, type, Now) is { } known)
            return known;
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (lookUp, timeToLive) = await AskAsync(name, type, cancellationToken).ConfigureAwait(false);
            var most = lookUp.Failure is null ? _options.MaxTimeToLive : _options.MaxNegativeTimeToLive;
            _cache.Add(name, type, lookUp, Now, timeToLive < most ? timeToLive : most);
            return lookUp;
        }
        catch (Libp2pException e)
        {
            return new([], e.Message);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<(LookUp LookUp, TimeSpan TimeToLive)> AskAsync(DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        var (current, holds, steps) = (name, TimeSpan.MaxValue, 0);
        while (true)
        {
            var message = await _client.AskAsync(current, type, cancellationToken).ConfigureAwait(false);
            var answer = DnsAnswer.Read(message, current, type, MaxAliases - steps);
            steps += answer.Steps;
            holds = holds < answer.TimeToLive ? holds : answer.TimeToLive;
            if (answer.Records.Count > 0)
                return (new(answer.Records, null), holds);
            if (answer.Alias is null)
                return (new([], Absence(message, name, type)), holds);
            if (steps >= MaxAliases)
                return (new([], $"the name {name} leads from name to name and to no end"), holds);
            current = answer.Alias;
        }
    }

    private static string Absence(DnsMessage message, DnsName name, DnsType type) =>
        message.ResponseCode == DnsResponseCode.NameError ? $"there is no name {name}" : type switch
        {
            DnsType.A => $"the name {name} has no IPv4 address",
            DnsType.Aaaa => $"the name {name} has no IPv6 address",
            _ => $"the name {name} has no text",
        };

    private static DnsName? ToDnsName(string name)
    {
        try
        {
            var ascii = System.Text.Ascii.IsValid(name) ? name : new IdnMapping().GetAscii(name);
            return DnsName.TryParse(ascii, out var parsed) && parsed.Wire.Length > 1 ? parsed : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
