namespace Tincan.Tests.Processes;

public sealed class GoodbyeTests
{
    [Theory]
    [InlineData(TincanProcess.SigInt)]
    [InlineData(TincanProcess.SigTerm)]
    public async Task A_signal_says_goodbye(int signal)
    {
        await using var a = await TincanProcess.StartChatAsync();
        await using var b = await TincanProcess.StartChatAsync("--dial", a.Address);
        await a.WaitForAsync("connect");
        b.Signal(signal);
        var gone = await a.WaitForAsync("disconnect");
        Assert.Equal(b.Peer, (string?)gone["peer"]);
        Assert.Contains("closed by the peer", (string)gone["reason"]!, StringComparison.Ordinal);
        Assert.Equal(0, (await b.WaitForEndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_kill_ends_the_others_connection_with_a_reason()
    {
        await using var a = await TincanProcess.StartChatAsync();
        await using var b = await TincanProcess.StartChatAsync("--dial", a.Address);
        await a.WaitForAsync("connect");
        b.Signal(TincanProcess.SigKill);
        var gone = await a.WaitForAsync("disconnect");
        Assert.Equal(b.Peer, (string?)gone["peer"]);
        Assert.NotEmpty((string)gone["reason"]!);
        // The one that is left goes on.
        await a.TypeAsync("/peers");
        Assert.Empty((await a.WaitForAsync("peers"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Quit_and_the_end_of_input_end_it_in_good_order()
    {
        await using var a = await TincanProcess.StartChatAsync();
        await a.TypeAsync("/quit");
        Assert.Equal(0, (await a.WaitForEndAsync()).ExitCode);
        await using var b = await TincanProcess.StartChatAsync();
        b.CloseInput();
        Assert.Equal(0, (await b.WaitForEndAsync()).ExitCode);
    }
}
