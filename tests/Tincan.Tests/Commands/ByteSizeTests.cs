using Tincan.Commands;

namespace Tincan.Tests.Commands;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1000", 1000)]
    [InlineData("1B", 1)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("64 mib", 64L << 20)]
    [InlineData("1.5GB", 1_500_000_000)]
    [InlineData("2k", 2048)]
    [InlineData("3kB", 3000)]
    [InlineData(" 1TiB ", 1L << 40)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Reads_sizes(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("64XB")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("9223372036854775808")]
    [InlineData("8388608TiB")]
    [InlineData("99999999999999999999999999999999999999")]
    public void Refuses_what_is_none(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(64L << 20, "64 MiB")]
    public void Writes_sizes(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));
}
