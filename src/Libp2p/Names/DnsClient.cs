using System.Net;
using Microsoft.Extensions.Logging;

namespace Libp2p.Names;

/// <summary>Asks the servers there are, one after the other, round by round, until one answers; the next question goes to that one first.</summary>
internal sealed class DnsClient(NameOptions options, SystemNames system, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly HttpClient? _https = options.HttpsServers.Count > 0 ? NewHttpClient(options) : null;
    private string? _preferred;

    /// <summary>Asks for the records of one type under a name.</summary>
    /// <returns>An answer: there are some, there are none, or there is no such name.</returns>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.Unreachable"/>: nobody answered.</exception>
    public async Task<DnsMessage> AskAsync(DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        var servers = Servers();
        var failures = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var server in servers)
            {
                var (answer, failure) = await AskAsync(server, name, type, options.ServerTimeout * round, cancellationToken).ConfigureAwait(false);
                if (answer is not null)
                {
                    Volatile.Write(ref _preferred, server.ToString());
                    return answer;
                }
                failures[server.ToString()!] = failure!;
                NamesLog.ServerFailed(logger, server.ToString()!, name.ToString(), failure!);
            }
        }
        var causes = string.Join("; ", failures.Select(f => $"{f.Key}: {f.Value}"));
        throw new Libp2pException(Libp2pError.Unreachable, $"the name {name} does not resolve, since no server of names answers ({causes})");
    }

    public void Dispose() => _https?.Dispose();

    private async Task<(DnsMessage? Answer, string? Failure)> AskAsync(IDnsServer server, DnsName name, DnsType type, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var answer = await server.AskAsync(name, type, either.Token).ConfigureAwait(false);
            return answer.ResponseCode is DnsResponseCode.NoError or DnsResponseCode.NameError ? (answer, null) : (null, $"it answered {answer.ResponseCode}");
        }
        catch (DnsServerException e)
        {
            return (null, e.Message);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (null, $"no answer within {timeout.TotalSeconds:0.#} s");
        }
    }

    private List<IDnsServer> Servers()
    {
        IEnumerable<IDnsServer> servers = _https is not null
            ? options.HttpsServers.Select(uri => new HttpsServer(_https, uri, options.HttpsByGet))
            : ((IEnumerable<IPEndPoint>)(options.Servers.Count > 0 ? options.Servers : system.Resolver().Servers)).Select(e => new DatagramServer(e));
        var preferred = Volatile.Read(ref _preferred);
        return [.. servers.OrderBy(s => s.ToString() != preferred)];
    }

    private static HttpClient NewHttpClient(NameOptions options)
    {
        var handler = options.HttpsHandler ?? new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        return new(handler, disposeHandler: options.HttpsHandler is null) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
