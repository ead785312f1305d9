namespace Libp2p.Interop.Tests.Matrix;

/// <summary>One meeting of two by one combination: everything that must work between them, step by step.</summary>
static class Cell
{
    const int MiB = 1024 * 1024;
    const string Greeting = "Grüße 🌍";

    /// <summary>Runs it.</summary>
    /// <returns>Null where all of it worked, else the step that did not, and why.</returns>
    public static async Task<string?> RunAsync(Participant dialer, Participant listener, Combination combination)
    {
        var step = "connect";
        try
        {
            var expected = (combination.SecurityId, combination.MuxerId);
            Assert.Equal(expected, await dialer.DialAsync(listener.AddressOf(combination.Transport)));
            Assert.Equal(expected, await listener.AcceptAsync(dialer.Peer));
            foreach (var (one, other) in new[] { (dialer, listener), (listener, dialer) })
            {
                step = "identify";
                Assert.Contains("/libp2p/chat/1.0.0", await one.IdentifyAsync(other.Peer));
                step = "ping";
                await one.PingAsync(other.Peer);
                step = "direct chat";
                Assert.Equal(Participant.Reply, await one.ChatAsync(other.Peer, Greeting));
                Assert.Equal(Greeting, await other.HearAsync(one.Peer));
                step = "half-close";
                await one.HalfCloseAsync(other.Peer, 100_000);
            }
            step = "8 MiB each way";
            await dialer.EchoAsync(listener.Peer, 8 * MiB);
            step = "clean close";
            await dialer.CloseAsync(listener.Peer);
            // mplex has no goodbye, and js-libp2p now and then ends a TLS link before its goodbye has left.
            await listener.WaitForCloseAsync(dialer.Peer, combination.Muxer != "mplex" && combination.Security != "tls");
            return null;
        }
        catch (Exception e)
        {
            return $"{step}: {e.Message}";
        }
    }
}
