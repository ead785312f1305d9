using System.Buffers;
using System.Buffers.Binary;
using Libp2p.Protocols.Perf;
using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Perf;

public class PerfServiceTests
{
    const int MiB = 1024 * 1024;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(300_001, 700_003)]
    [InlineData(16 * MiB, 16 * MiB)]
    public async Task Measures_both_ways_with_exact_counts(long upload, long download)
    {
        await using var nodes = new TestNodes();
        var (client, server) = (await nodes.StartAsync(new PerfService()), await nodes.StartAsync(new PerfService(new PerfOptions { Serve = true })));
        await client.DialAsync(server);

        var result = await MeasureAsync(client, server, upload, download);

        Assert.Equal((upload, download), (result.Uploaded, result.Downloaded));
        Assert.Equal(upload > 0, result.UploadDuration > TimeSpan.Zero);
        Assert.Equal(download > 0, result.DownloadDuration > TimeSpan.Zero);
        Assert.Equal(upload > 0, result.UploadRate > 0);
        Assert.Equal(download > 0, result.DownloadRate > 0);
    }

    [Fact]
    public async Task Sends_the_request_the_upload_and_the_end_as_the_specification_says()
    {
        await using var nodes = new TestNodes();
        var (client, server) = (await nodes.StartAsync(new PerfService()), await nodes.StartAsync());
        var received = new ArrayBufferWriter<byte>();
        server.Handle(PerfService.Protocol, async (stream, cancellationToken) =>
        {
            while (true)
            {
                var read = await stream.Input.ReadAsync(cancellationToken);
                received.Write(read.Buffer.ToArray());
                stream.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }
            await stream.Output.WriteAsync(new byte[77], cancellationToken);
        });
        await client.DialAsync(server);

        await MeasureAsync(client, server, 300_000, 77);

        Assert.Equal(300_008, received.WrittenCount);
        Assert.Equal(77UL, BinaryPrimitives.ReadUInt64BigEndian(received.WrittenSpan));
        Assert.True(received.WrittenSpan[8..].IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public async Task Does_not_serve_unless_asked_for()
    {
        await using var nodes = new TestNodes();
        var (client, server) = (await nodes.StartAsync(new PerfService()), await nodes.StartAsync(new PerfService()));
        await client.DialAsync(server);
        Assert.DoesNotContain(PerfService.Protocol, server.Protocols);

        foreach (var upload in (long[])[0, 64 * MiB])
        {
            var failure = await Assert.ThrowsAsync<Libp2pException>(() => MeasureAsync(client, server, upload, 1));
            Assert.Equal(Libp2pError.NegotiationFailed, failure.Error);
        }
    }

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(0)]
    [InlineData(5_000_000)]
    public async Task Another_count_than_was_asked_for_is_a_violation(int sent)
    {
        await using var nodes = new TestNodes();
        var (client, server) = (await nodes.StartAsync(new PerfService()), await nodes.StartAsync());
        server.Handle(PerfService.Protocol, async (stream, cancellationToken) =>
        {
            await ReadToEndAsync(stream, cancellationToken);
            await stream.Output.WriteAsync(new byte[sent], cancellationToken);
        });
        await client.DialAsync(server);

        var failure = await Assert.ThrowsAsync<Libp2pException>(() => MeasureAsync(client, server, 10, 10));

        Assert.Equal(Libp2pError.ProtocolViolation, failure.Error);
    }

    [Fact]
    public async Task A_server_that_resets_in_the_middle_of_an_upload_ends_it()
    {
        await using var nodes = new TestNodes();
        var (client, server) = (await nodes.StartAsync(new PerfService()), await nodes.StartAsync());
        server.Handle(PerfService.Protocol, async (stream, cancellationToken) =>
        {
            await stream.Input.ReadAtLeastAsync(8, cancellationToken);
            stream.Reset();
        });
        await client.DialAsync(server);

        await Assert.ThrowsAnyAsync<Libp2pException>(() => MeasureAsync(client, server, long.MaxValue, 0));
    }

    [Fact]
    public async Task A_cancelled_measurement_throws_with_the_callers_token_and_ends_at_both_sides()
    {
        await using var nodes = new TestNodes();
        var (client, server) = (await nodes.StartAsync(new PerfService()), await nodes.StartAsync());
        var started = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Exception>();
        server.Handle(PerfService.Protocol, async (stream, cancellationToken) =>
        {
            try
            {
                await stream.Input.ReadAtLeastAsync(8, cancellationToken);
                started.SetResult();
                await ReadToEndAsync(stream, cancellationToken);
            }
            catch (Exception e)
            {
                ended.SetResult(e);
            }
        });
        await client.DialAsync(server);
        using var source = new CancellationTokenSource();

        var measuring = client.Get<PerfService>().MeasureAsync(server.Identity.PeerId, long.MaxValue, 0, source.Token).AsTask();
        await started.Task.WaitAsync(TestNodes.Patience);
        await source.CancelAsync();

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => measuring);
        Assert.Equal(source.Token, failure.CancellationToken);
        Assert.IsType<StreamResetException>(await ended.Task.WaitAsync(TestNodes.Patience));
    }

    [Theory]
    [InlineData(100UL, true)]
    [InlineData(101UL, false)]
    [InlineData(ulong.MaxValue, false)]
    public async Task The_server_sends_no_more_than_its_bound(ulong wanted, bool isServed)
    {
        await using var nodes = new TestNodes();
        var (client, server) = (await nodes.StartAsync(), await nodes.StartAsync(new PerfService(new PerfOptions { Serve = true, MaxDownload = 100 })));
        await client.DialAsync(server);
        await using var stream = await client.OpenStreamAsync(server.Identity.PeerId, PerfService.Protocol, TestNodes.Patience);
        var request = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(request, wanted);

        if (isServed)
            Assert.Equal(100, await AskAsync());
        else
            await Assert.ThrowsAnyAsync<Libp2pException>(AskAsync);

        async Task<long> AskAsync()
        {
            await stream.Output.WriteAsync(request, TestNodes.Patience);
            await stream.CloseWriteAsync();
            return await ReadToEndAsync(stream, TestNodes.Patience);
        }
    }

    [Fact]
    public async Task The_server_ends_a_measurement_that_takes_too_long()
    {
        await using var nodes = new TestNodes();
        var time = new ManualTimeProvider();
        var (client, server) = (await nodes.StartAsync(), await nodes.StartAsync(new PerfService(new PerfOptions { Serve = true }, time)));
        await client.DialAsync(server);
        await using var stream = await client.OpenStreamAsync(server.Identity.PeerId, PerfService.Protocol, TestNodes.Patience);
        var request = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(request, ulong.MaxValue);
        await stream.Output.WriteAsync(request, TestNodes.Patience);
        await stream.CloseWriteAsync();
        var read = await stream.Input.ReadAsync(TestNodes.Patience);
        stream.Input.AdvanceTo(read.Buffer.End);

        time.Advance(TimeSpan.FromMinutes(5));

        await Assert.ThrowsAnyAsync<Libp2pException>(() => ReadToEndAsync(stream, TestNodes.Patience));
    }

    [Fact]
    public async Task Bad_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PerfService(new PerfOptions { MaxDuration = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PerfService(new PerfOptions { MaxInboundStreamsPerPeer = 0 }));
        var peer = Identity.Generate().PeerId;
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => new PerfService().MeasureAsync(peer, -1, 0).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => new PerfService().MeasureAsync(peer, 0, -1).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => new PerfService().MeasureAsync(peer, 0, 0).AsTask());
    }

    static Task<PerfResult> MeasureAsync(Libp2pNode client, Libp2pNode server, long upload, long download) =>
        client.Get<PerfService>().MeasureAsync(server.Identity.PeerId, upload, download, TestNodes.Patience).AsTask();

    static async Task<long> ReadToEndAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        long count = 0;
        while (true)
        {
            var read = await stream.Input.ReadAsync(cancellationToken);
            count += read.Buffer.Length;
            stream.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return count;
        }
    }
}
