using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Libp2p.Testing;

/// <summary>Names as a test sets them; every look-up is noted.</summary>
public sealed class ScriptedNames : INameResolver
{
    private readonly ConcurrentDictionary<string, HostAddresses> _hosts = new();
    private readonly ConcurrentDictionary<string, string[]> _texts = new();
    private readonly ConcurrentDictionary<string, bool> _silent = new();

    /// <summary>What was looked up, in this order.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Sets the addresses of a host.</summary>
    public ScriptedNames Host(string name, bool isLocal, params string[] addresses)
    {
        _hosts[name] = new([.. addresses.Select(IPAddress.Parse)], isLocal);
        return this;
    }

    /// <summary>Sets what a domain links to.</summary>
    public ScriptedNames Links(string domain, params string[] addresses)
    {
        _texts["_dnsaddr." + domain] = [.. addresses.Select(a => "dnsaddr=" + a)];
        return this;
    }

    /// <summary>Lets look-ups of a name wait for ever.</summary>
    public ScriptedNames Silence(string name)
    {
        _silent[name] = true;
        return this;
    }

    /// <inheritdoc/>
    public async ValueTask<HostAddresses> ResolveHostAsync(string name, AddressFamily family, CancellationToken cancellationToken)
    {
        await AskAsync(name, cancellationToken).ConfigureAwait(false);
        return _hosts.TryGetValue(name, out var host) ? host : throw new Libp2pException(Libp2pError.Unreachable, $"there is no {name}");
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ResolveTextAsync(string name, CancellationToken cancellationToken)
    {
        await AskAsync(name, cancellationToken).ConfigureAwait(false);
        return _texts.TryGetValue(name, out var texts) ? texts : throw new Libp2pException(Libp2pError.Unreachable, $"there is no {name}");
    }

    private async Task AskAsync(string name, CancellationToken cancellationToken)
    {
        Asked.Enqueue(name);
        if (_silent.ContainsKey(name))
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
