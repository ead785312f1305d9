using System.Net;
using System.Net.Sockets;

namespace Tincan.Tests.Processes;

/// <summary>Whom <c>--dial</c> names, <c>tincan chat</c> keeps connected.</summary>
public sealed class KeepAliveTests
{
    [Theory]
    [InlineData("/dns4/localhost")]
    [InlineData("/ip4/127.0.0.1")]
    public async Task A_peer_that_was_dialled_without_its_id_is_kept_too(string host)
    {
        await using var chat = await TincanProcess.StartChatAsync();
        using var between = new TcpListener(IPAddress.Loopback, 0);
        between.Start();
        var target = new IPEndPoint(IPAddress.Loopback, int.Parse(chat.Address.Split('/')[4], System.Globalization.CultureInfo.InvariantCulture));
        var address = $"{host}/tcp/{((IPEndPoint)between.LocalEndpoint).Port}";
        await using var kept = await TincanProcess.StartChatAsync("--dial", address);
        using (await PassOnAsync(between, target))
            await kept.WaitForAsync("connect", e => (string?)e["peer"] == chat.Peer);
        await kept.WaitForAsync("disconnect", e => (string?)e["peer"] == chat.Peer);
        using var again = await PassOnAsync(between, target);
        await kept.WaitForAsync("connect", e => (string?)e["peer"] == chat.Peer);
    }

    /// <summary>Joins the next that comes with the target, until what it gives is disposed of.</summary>
    private static async Task<IDisposable> PassOnAsync(TcpListener between, IPEndPoint target)
    {
        using var patience = new CancellationTokenSource(TincanProcess.Patience);
        var near = await between.AcceptTcpClientAsync(patience.Token);
        var far = new TcpClient();
        await far.ConnectAsync(target, patience.Token);
        _ = PumpAsync(near, far);
        _ = PumpAsync(far, near);
        return near;
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to)
    {
        using var _ = from;
        using var __ = to;
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The cable was pulled, which is what this is for.
        }
    }
}
