using System.Text;
using Libp2p.Negotiation;
using Libp2p.Testing;

namespace Libp2p.Tests.Negotiation;

public sealed class MultistreamSelectTests : IAsyncDisposable
{
    static readonly ProtocolId A = "/a/1.0.0";
    static readonly ProtocolId B = "/b/1.0.0";

    readonly LinkPair _links = new();

    public ValueTask DisposeAsync() => _links.DisposeAsync();

    [Theory]
    [InlineData("/a/1.0.0")]
    [InlineData("/b/1.0.0")]
    public async Task The_first_that_both_speak_is_taken(string served)
    {
        var answering = AnswerAsync(served);
        Assert.Equal(served, $"{await SelectAsync(A, B)}");
        Assert.Equal(served, $"{(await answering).Protocol}");
    }

    [Fact]
    public async Task Refusals_name_what_was_proposed()
    {
        var answering = AnswerAsync("/c");
        Assert.Equal("The peer speaks none of /a/1.0.0, /b/1.0.0.", (await Fails(SelectAsync(A, B))).Message);
        Assert.False(answering.IsCompleted);
        await _links.Dialer.DisposeAsync();
        Assert.Contains("ended the connection", (await Fails(answering)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_listener_lists_what_it_serves()
    {
        var answering = AnswerAsync(A, B);
        await SendAsync("/multistream/1.0.0", "ls");
        await ExpectAsync("/multistream/1.0.0", "\u0009/a/1.0.0\n\u0009/b/1.0.0\n");
        await SendAsync("/b/1.0.0");
        await ExpectAsync("/b/1.0.0");
        Assert.Equal(B, (await answering).Protocol);
    }

    [Fact]
    public async Task The_listener_refuses_with_na_and_goes_on()
    {
        var answering = AnswerAsync(B);
        await SendAsync("/multistream/1.0.0", "/x", "", "\u0001\u0002", "/b/1.0.0");
        await ExpectAsync("/multistream/1.0.0", "na", "na", "na", "/b/1.0.0");
        Assert.Equal(B, (await answering).Protocol);
    }

    [Fact]
    public async Task A_dialer_that_greets_and_waits_is_greeted()
    {
        var answering = AnswerAsync(A);
        await SendAsync("/multistream/1.0.0");
        await ExpectAsync("/multistream/1.0.0");
        await SendAsync("/a/1.0.0");
        await ExpectAsync("/a/1.0.0");
        Assert.False((await answering).IsUnflushed);
    }

    [Fact]
    public async Task A_dialer_that_did_not_wait_gets_the_answer_with_the_first_data()
    {
        await SendAsync("/multistream/1.0.0", "/a/1.0.0", "data");
        var (protocol, isUnflushed) = await AnswerAsync(A);
        Assert.Equal(A, protocol);
        Assert.True(isUnflushed);
        Assert.True(_links.Listener.Output.UnflushedBytes > 0);
        await _links.Listener.Output.FlushAsync();
        await ExpectAsync("/multistream/1.0.0", "/a/1.0.0");
    }

    [Fact]
    public async Task Proposals_without_end_are_cut_off()
    {
        var answering = AnswerAsync(A);
        await SendAsync(["/multistream/1.0.0", .. Enumerable.Range(0, 64).Select(i => $"/x/{i}")]);
        Assert.Equal("The peer proposed 64 protocols that are not served here, the last /x/63.", (await Fails(answering)).Message);
    }

    [Fact]
    public async Task Names_from_the_network_are_escaped()
    {
        await SendAsync("/multistream/1.0.0", "/x\u001b[31m");
        await _links.Listener.Output.WriteAsync(Message("/multistream/1.0.0"));
        await _links.Listener.Output.WriteAsync(Message("\u001b[2Jevil"));
        var failure = await Fails(SelectAsync(A));
        Assert.DoesNotContain('\u001b', failure.Message);
        Assert.Contains("evil", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u0003abc")]
    public async Task Another_protocol_is_told_so(string said)
    {
        await _links.Dialer.Output.WriteAsync(Encoding.UTF8.GetBytes(said.PadRight(128)));
        await _links.Listener.Output.WriteAsync(Encoding.UTF8.GetBytes(said.PadRight(128)));
        await Fails(AnswerAsync(A));
        await Fails(SelectAsync(A));
    }

    [Fact]
    public async Task Another_version_is_refused()
    {
        await SendAsync("/multistream/2.0.0", "/a/1.0.0");
        await Fails(AnswerAsync(A));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_deadline_ends_it(bool dialing)
    {
        using var deadline = new CancellationTokenSource();
        var task = dialing
            ? MultistreamSelect.SelectAsync(_links.Dialer, [A], deadline.Token).AsTask()
            : Task.Run(async () => (await MultistreamSelect.AnswerAsync(_links.Listener, _ => true, () => [A], deadline.Token)).Protocol);
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(PipeTransfer.Alive));
    }

    [Fact]
    public async Task Damaged_conversations_end_and_never_crash()
    {
        var random = TestRandom.Create();
        for (var i = 0; i < 300; i++)
        {
            await using var links = new LinkPair();
            var bytes = new List<byte>();
            foreach (var text in new[] { "/multistream/1.0.0", "ls", "/x", "/a/1.0.0" })
                bytes.AddRange(Message(text));
            for (var damage = random.Next(1, 4); damage > 0; damage--)
                bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
            foreach (var piece in bytes.Chunk(random.Next(1, bytes.Count)))
                await links.Dialer.Output.WriteAsync(piece);
            await links.Dialer.Output.CompleteAsync();
            var failure = await Record.ExceptionAsync(() => MultistreamSelect.AnswerAsync(links.Listener, p => p == A, () => [A], CancellationToken.None).AsTask().WaitAsync(PipeTransfer.Alive));
            Assert.True(failure is null or Libp2pException { Error: Libp2pError.NegotiationFailed }, $"{failure}");
        }
    }

    Task<ProtocolId> SelectAsync(params ProtocolId[] protocols) =>
        MultistreamSelect.SelectAsync(_links.Dialer, protocols, CancellationToken.None).AsTask().WaitAsync(PipeTransfer.Alive);

    Task<(ProtocolId Protocol, bool IsUnflushed)> AnswerAsync(params ProtocolId[] served) =>
        MultistreamSelect.AnswerAsync(_links.Listener, p => served.Contains(p), () => served, CancellationToken.None).AsTask().WaitAsync(PipeTransfer.Alive);

    async Task SendAsync(params string[] messages) => await _links.Dialer.Output.WriteAsync(messages.SelectMany(Message).ToArray());

    async Task ExpectAsync(params string[] messages)
    {
        var expected = messages.SelectMany(Message).ToArray();
        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(await PipeTransfer.ReadExactlyAsync(_links.Dialer.Input, expected.Length)));
    }

    static byte[] Message(string text) => [(byte)(Encoding.UTF8.GetByteCount(text) + 1), .. Encoding.UTF8.GetBytes(text), (byte)'\n'];

    static async Task<Libp2pException> Fails(Task task)
    {
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => task);
        Assert.Equal(Libp2pError.NegotiationFailed, failure.Error);
        return failure;
    }
}
