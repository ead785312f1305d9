namespace Libp2p.Interop.Tests.Matrix;

/// <summary>A transport, a security protocol and a muxer: a row of the table.</summary>
/// <param name="Transport">The transport's short name.</param>
/// <param name="Security">The security protocol's short name.</param>
/// <param name="Muxer">The muxer's short name.</param>
public sealed record Combination(string Transport, string Security, string Muxer)
{
    static readonly Dictionary<string, string> _names = new()
    {
        ["noise"] = "/noise",
        ["tls"] = "/tls/1.0.0",
        ["secio"] = "/secio/1.0.0",
        ["plaintext"] = "/plaintext/2.0.0",
        ["yamux"] = "/yamux/1.0.0",
        ["mplex"] = "/mplex/6.7.0",
    };

    /// <summary>Every combination that anybody speaks, in the table's order.</summary>
    public static IReadOnlyList<Combination> All { get; } =
    [
        .. from transport in Kind.All.SelectMany(kind => kind.Dials).Distinct()
           from security in Kind.All.SelectMany(kind => kind.Securities).Distinct()
           from muxer in Kind.All.SelectMany(kind => kind.Muxers).Distinct()
           select new Combination(transport, security, muxer),
    ];

    /// <summary>The security protocol as it is negotiated.</summary>
    public string SecurityId => _names[Security];

    /// <summary>The muxer as it is negotiated.</summary>
    public string MuxerId => _names[Muxer];

    /// <summary>Why the two cannot meet by this combination; null where they must.</summary>
    public string? Obstacle(Kind dialer, Kind listener)
    {
        foreach (var kind in new[] { dialer, listener })
        {
            if (Missing(kind) is { } missing)
                return $"{kind} has no {missing}";
        }
        if (!listener.Listeners.Any(transports => transports.Contains(Transport)))
            return $"{listener} cannot listen on {Transport}: it takes no certificate, and left TLS to a proxy in front";
        if (Security == "plaintext" && IsOneOfThem(dialer, listener, Kind.Js) && IsOneOfThem(dialer, listener, Kind.Js2020))
            return "plaintext of 2020 has another form, which js of today neither reads nor writes";
        return Transport == "wss" && dialer == Kind.Js2020 && listener == Kind.Js
            ? "js of today tells its address with `/tls/ws` in identify; js 2020 reads no `/tls`, and then nothing of what it is told"
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Transport} {Security} {Muxer}";

    string? Missing(Kind kind) =>
        !kind.Dials.Contains(Transport) ? Transport : !kind.Securities.Contains(Security) ? Security : !kind.Muxers.Contains(Muxer) ? Muxer : null;

    static bool IsOneOfThem(Kind one, Kind other, Kind kind) => one == kind || other == kind;
}
