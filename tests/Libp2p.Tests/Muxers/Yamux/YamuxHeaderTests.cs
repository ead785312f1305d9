using Libp2p.Muxers.Yamux;
using Libp2p.Testing;

namespace Libp2p.Tests.Muxers.Yamux;

public sealed class YamuxHeaderTests
{
    [Fact]
    public void It_is_twelve_bytes_big_endian()
    {
        var bytes = new byte[YamuxHeader.Size];
        new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Ack | YamuxFlags.Fin, 0x01020304, 0x0a0b0c0d).Write(bytes);
        Assert.Equal("000100060102030" + "40A0B0C0D", Convert.ToHexString(bytes));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var random = TestRandom.Create();
        var bytes = new byte[YamuxHeader.Size];
        for (var i = 0; i < 10_000; i++)
        {
            var header = new YamuxHeader((YamuxType)random.Next(4), (YamuxFlags)random.Next(16), (uint)random.NextInt64(1L << 32), (uint)random.NextInt64(1L << 32));
            header.Write(bytes);
            Assert.True(YamuxHeader.TryRead(bytes, out var read, out var error));
            Assert.Null(error);
            Assert.Equal(header, read);
        }
    }

    [Theory]
    [InlineData(1, 0, "yamux version 1 is not known")]
    [InlineData(255, 0, "yamux version 255 is not known")]
    [InlineData(0, 4, "yamux frame type 4 is not known")]
    [InlineData(0, 255, "yamux frame type 255 is not known")]
    public void Unknown_versions_and_types_are_named(byte version, byte type, string expected)
    {
        var bytes = new byte[YamuxHeader.Size];
        (bytes[0], bytes[1]) = (version, type);
        Assert.False(YamuxHeader.TryRead(bytes, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Unknown_flags_are_no_error()
    {
        var bytes = new byte[YamuxHeader.Size];
        bytes[2] = 0xff;
        Assert.True(YamuxHeader.TryRead(bytes, out var header, out _));
        Assert.False(header.Has(YamuxFlags.Syn | YamuxFlags.Ack | YamuxFlags.Fin | YamuxFlags.Rst));
    }
}
