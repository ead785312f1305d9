using System.Buffers;
using Libp2p.Muxers.Mplex;
using Libp2p.Testing;

namespace Libp2p.Tests.Muxers.Mplex;

public sealed class MplexHeaderTests
{
    const int MaxMessage = 1024 * 1024;

    // By hand from the specification: header = id << 3 | flag, both numbers varints.
    [Theory]
    [InlineData(0, 0, 0, "0000")]
    [InlineData(0, 5, 1, "2801")]
    [InlineData(2, 17, 300, "8A01AC02")]
    [InlineData(6, 0, 0, "0600")]
    [InlineData(1, 1152921504606846975, 1048576, "F9FFFFFFFFFFFFFF7F808040")]
    public void Its_bytes_are_two_varints(int flag, long id, int length, string hex)
    {
        var header = new MplexHeader((MplexFlag)flag, id, length);
        var bytes = new byte[MplexHeader.MaxSize];
        Assert.Equal(hex.Length / 2, header.Write(bytes));
        Assert.Equal(hex.Length / 2, header.Size);
        Assert.Equal(hex, Convert.ToHexString(bytes.AsSpan(0, header.Size)));
        Assert.Equal(MplexRead.Header, Read(bytes, out var read, out var size, out _));
        Assert.Equal((header, header.Size), (read, size));
    }

    [Fact]
    public void What_is_written_is_read_and_a_part_of_it_is_incomplete()
    {
        var random = TestRandom.Create();
        var bytes = new byte[MplexHeader.MaxSize];
        for (var i = 0; i < 10_000; i++)
        {
            var header = new MplexHeader((MplexFlag)random.Next(7), random.NextInt64(MplexHeader.MaxStreamId) >> random.Next(60), random.Next(MaxMessage + 1) >> random.Next(20));
            var size = header.Write(bytes);
            Assert.Equal(MplexRead.Header, Read(bytes[..size], out var read, out var taken, out var error));
            Assert.Equal((header, size, null), (read, taken, error));
            Assert.Equal(MplexRead.Incomplete, Read(bytes[..random.Next(size)], out _, out _, out error));
            Assert.Null(error);
        }
    }

    [Theory]
    [InlineData("0700", "flag 7")]
    [InlineData("02818040", "1048577 bytes")]
    [InlineData("02FFFFFFFFFFFFFFFF7F", "larger than")]
    [InlineData("FFFFFFFFFFFFFFFFFF01", "no varint")]
    [InlineData("808000", "no varint")]
    [InlineData("028100", "no varint")]
    public void What_breaks_the_protocol_is_named(string hex, string part)
    {
        Assert.Equal(MplexRead.Malformed, Read(Convert.FromHexString(hex), out _, out _, out var error));
        Assert.Contains(part, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MplexFlag.NewStream, true)]
    [InlineData(MplexFlag.MessageInitiator, true)]
    [InlineData(MplexFlag.CloseInitiator, true)]
    [InlineData(MplexFlag.ResetInitiator, true)]
    [InlineData(MplexFlag.MessageReceiver, false)]
    [InlineData(MplexFlag.CloseReceiver, false)]
    [InlineData(MplexFlag.ResetReceiver, false)]
    internal void The_flag_says_who_sent_it(MplexFlag flag, bool byInitiator) => Assert.Equal(byInitiator, new MplexHeader(flag, 1, 0).IsByInitiator);

    static MplexRead Read(byte[] bytes, out MplexHeader header, out int size, out string? error) =>
        MplexHeader.TryRead(new ReadOnlySequence<byte>(bytes), MaxMessage, out header, out size, out error);
}
