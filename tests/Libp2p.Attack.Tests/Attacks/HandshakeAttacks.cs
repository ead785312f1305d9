using System.Net;
using System.Net.Sockets;
using Libp2p.Attack.Tests.Support;

namespace Libp2p.Attack.Tests.Attacks;

/// <summary>What can be done before anything is proven.</summary>
static class HandshakeAttacks
{
    const int Connections = 12_000;
    const int Handshakes = 500;

    static readonly byte[] Greeting = [19, .. "/multistream/1.0.0\n"u8, 7, .. "/noise\n"u8];

    /// <summary>How the silent begin: with nothing, or with a part of what TCP, WebSocket or TLS says first.</summary>
    static readonly byte[][] Beginnings = [[], Greeting, [19], [.. "GET / HTTP/1.1\r\nHost: a"u8], [22, 3, 1, 2, 0]];

    /// <summary>12,000 connections from 64 addresses: opened, some garbage, closed.</summary>
    public static Task FloodConnectionsAsync(Field field, Func<Task> newcomer) => FloodConnectionsAsync(field, newcomer, Connections);

    /// <summary>So many of them.</summary>
    public static async Task FloodConnectionsAsync(Field field, Func<Task> newcomer, int connections)
    {
        IPAddress[] addresses = [.. Enumerable.Range(0, 64).Select(_ => field.NextAddress())];
        var newcomers = new List<Task>();
        var seed = field.Random.Next();
        var done = 0;
        await Field.RepeatAsync(connections, 64, async i =>
        {
            if (Interlocked.Increment(ref done) % (connections / 4) == 0)
            {
                lock (newcomers)
                    newcomers.Add(newcomer());
            }
            try
            {
                using var socket = await field.ConnectAsync(addresses[i % addresses.Length]);
                var garbage = new byte[i % 300];
                new Random(seed + i).NextBytes(garbage);
                if (i % 3 == 0)
                    await socket.SendAsync(Greeting);
                await socket.SendAsync(garbage);
            }
            catch (SocketException)
            {
                // The victim refused it: that is its right.
            }
        });
        await Task.WhenAll(newcomers);
    }

    /// <summary>500 connections that say nothing, or begin to and stop.</summary>
    public static async Task StaySilentAsync(Field field, Func<Task> newcomer)
    {
        var sockets = await OpenAsync(field);
        try
        {
            for (var i = 0; i < sockets.Count; i++)
                await TrySendAsync(sockets[i], Beginnings[i % Beginnings.Length]);
            for (var i = 0; i < 5; i++)
                await newcomer();
            var state = await field.Victim.GetStateAsync();
            Assert.True(state.Sockets < 64 + 40, $"The victim holds {state.Sockets} sockets for the silent.");
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    /// <summary>500 handshakes of which a byte comes now and then: all are cut off at their absolute deadline.</summary>
    public static async Task DripAsync(Field field, Func<Task> newcomer)
    {
        byte[] slow = [.. Greeting, 0, 200, .. new byte[200]];
        var sockets = await OpenAsync(field);
        try
        {
            for (var i = 0; i < slow.Length && sockets.Count > 0; i++)
            {
                if (i % 10 == 5)
                    await newcomer();
                for (var s = sockets.Count - 1; s >= 0; s--)
                {
                    if (await TrySendAsync(sockets[s], slow.AsMemory(i, 1)))
                        continue;
                    sockets[s].Dispose();
                    sockets.RemoveAt(s);
                }
                await Task.Delay(250);
            }
            Assert.Empty(sockets);
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    static async Task<List<Socket>> OpenAsync(Field field)
    {
        var sockets = new List<Socket>();
        var from = field.NextAddress();
        for (var i = 0; i < Handshakes; i++)
        {
            if (i % 8 == 0)
                from = field.NextAddress();
            sockets.Add(await field.ConnectAsync(from));
        }
        return sockets;
    }

    static async ValueTask<bool> TrySendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await socket.SendAsync(bytes);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
