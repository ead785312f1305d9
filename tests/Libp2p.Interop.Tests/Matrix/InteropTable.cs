using System.Text;

namespace Libp2p.Interop.Tests.Matrix;

/// <summary>The table of <c>docs/interop.md</c>, made of what was found.</summary>
sealed class InteropTable
{
    const string Head = """
        # Interoperation

        Written by the interop tests, never by hand: `TINCAN_UPDATE=1` with `dotnet tests/Libp2p.Interop.Tests/bin/Release/net10.0/Libp2p.Interop.Tests.dll
        -class '*InteropTableTests'` writes it anew (after `interop/install.sh`); without the variable the same test fails where what it finds is not what stands
        here.

        *ours* is this implementation; *js* is js-libp2p 3.3; *js 2020* is js-libp2p 0.28 of July 2020. Each runs as a node of its own, the two js in processes of
        their own (`interop/`). A listener offers all that it has; a dialler offers the row's protocols alone. Ours listens on every transport at once. `wss` is
        `/tls/ws`, with a certificate of an authority that the test makes and both sides trust (js 2020 takes any certificate).

        **ok**: they connected by exactly these protocols, both sides said so, and each of the two identified the other, pinged it, sent it a direct message and got
        the reply on the same stream, and read an answer of 100,000 bytes on a stream whose own side it had ended; 8 MiB went each way, compared byte for byte; the
        dialler closed in good order, and the listener saw that (with mplex, which has no word for it, it sees the link end, and js ends links over TLS and WebSocket
        without a word too, which counts as a loss). A letter says why there can be nothing.

        """;

    readonly Dictionary<(Combination, Kind, Kind), string?> _found = [];

    /// <summary>Pairs of dialler and listener, in the order of the columns.</summary>
    public static IReadOnlyList<(Kind Dialer, Kind Listener)> Pairs { get; } =
        [.. from dialer in Kind.All from listener in Kind.All select (dialer, listener)];

    /// <summary>Notes what a cell came to.</summary>
    public void Add(Combination combination, Kind dialer, Kind listener, string? failure)
    {
        lock (_found)
            _found.Add((combination, dialer, listener), failure);
    }

    /// <summary>What failed, a line each.</summary>
    public IReadOnlyList<string> Failures =>
        [.. _found.Where(f => f.Value is not null).Select(f => $"{f.Key.Item2} → {f.Key.Item3}, {f.Key.Item1}: {f.Value}")];

    /// <summary>The document.</summary>
    public override string ToString()
    {
        var reasons = new List<string>();
        var text = new StringBuilder(Head).Append("\n| transport, security, muxer |");
        foreach (var (dialer, listener) in Pairs)
            text.Append($" {dialer} → {listener} |");
        text.Append("\n|---|").Insert(text.Length, "---|", Pairs.Count).Append('\n');
        foreach (var combination in Combination.All.Where(row => Pairs.Any(pair => row.Obstacle(pair.Dialer, pair.Listener) is null)))
        {
            text.Append($"| {combination} |");
            foreach (var (dialer, listener) in Pairs)
                text.Append($" {Describe(combination, dialer, listener, reasons)} |");
            text.Append('\n');
        }
        text.Append('\n');
        for (var i = 0; i < reasons.Count; i++)
            text.Append($"- {Letter(i)}: {reasons[i]}\n");
        return text.ToString();
    }

    string Describe(Combination combination, Kind dialer, Kind listener, List<string> reasons)
    {
        if (combination.Obstacle(dialer, listener) is not { } reason)
            return _found.TryGetValue((combination, dialer, listener), out var failure) && failure is null ? "ok" : "**fails**";
        if (!reasons.Contains(reason))
            reasons.Add(reason);
        return Letter(reasons.IndexOf(reason));
    }

    static string Letter(int index) => ((char)('a' + index)).ToString();
}
