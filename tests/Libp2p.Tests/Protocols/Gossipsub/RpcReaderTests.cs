using System.Buffers;
using System.IO.Pipelines;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class RpcReaderTests
{
    private const int MaxLength = 100_000;

    private readonly ManualTimeProvider _time = new();
    private readonly Pipe _pipe = new(new PipeOptions(minimumSegmentSize: 512, pauseWriterThreshold: 64 * 1024, useSynchronizationContext: false));

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public async Task Frames_are_read_whole_however_they_arrive(int piece)
    {
        byte[][] frames = [[], [1], TestRandom.Bytes(600), TestRandom.Bytes(40_000), TestRandom.Bytes(MaxLength), [2]];
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var frame in frames)
            LengthPrefixed.Write(bytes, frame);
        var writing = WriteAsync(bytes.WrittenMemory, piece);
        using var reader = new RpcReader(_pipe.Reader, MaxLength, _time, TestNodes.Patience);
        foreach (var frame in frames)
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal(frame, reader.Current.ToArray());
        }
        Assert.False(await reader.ReadAsync());
        await writing;
    }

    [Theory]
    [InlineData(new byte[] { 0xa1, 0x8d, 0x06 })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 })]
    [InlineData(new byte[] { 5, 1, 2 })]
    public async Task What_is_too_long_malformed_or_cut_short_is_a_violation(byte[] bytes)
    {
        await WriteAsync(bytes, bytes.Length);
        using var reader = new RpcReader(_pipe.Reader, MaxLength, _time, TestNodes.Patience);
        Assert.Equal(Libp2pError.ProtocolViolation, (await Assert.ThrowsAsync<Libp2pException>(async () => await reader.ReadAsync())).Error);
    }

    [Fact]
    public async Task A_large_one_has_a_time_to_come_in()
    {
        await _pipe.Writer.WriteAsync(new byte[] { 0xa0, 0x8d, 0x06, 1, 2, 3 });
        using var reader = new RpcReader(_pipe.Reader, MaxLength, _time, TestNodes.Patience);
        var reading = reader.ReadAsync().AsTask();
        while (_time.ArmedTimers == 0)
            await Task.Yield();
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(Libp2pError.Timeout, (await Assert.ThrowsAsync<Libp2pException>(() => reading)).Error);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, int piece)
    {
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(piece, bytes.Length)..])
            await _pipe.Writer.WriteAsync(bytes[..Math.Min(piece, bytes.Length)]);
        await _pipe.Writer.CompleteAsync();
    }
}
