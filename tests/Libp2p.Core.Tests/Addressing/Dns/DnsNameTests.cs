namespace Libp2p.Tests.Addressing.Dns;

public sealed class DnsNameTests
{
    [Theory]
    [InlineData("example.com", "example.com", 13)]
    [InlineData("example.com.", "example.com", 13)]
    [InlineData("_dnsaddr.Example.com", "_dnsaddr.Example.com", 22)]
    [InlineData(".", ".", 1)]
    [InlineData("é.example", @"\195\169.example", 12)]
    public void A_name_is_read_from_its_text(string text, string shown, int bytes)
    {
        Assert.True(DnsName.TryParse(text, out var name));
        Assert.Equal(shown, name.ToString());
        Assert.Equal(bytes, name.Wire.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".example")]
    [InlineData("a..b")]
    public void What_is_no_name_is_refused(string text) => Assert.False(DnsName.TryParse(text, out _));

    [Fact]
    public void Labels_and_names_have_their_bounds()
    {
        var longest = new string('a', DnsName.MaxLabel);
        Assert.True(DnsName.TryParse(longest, out _));
        Assert.False(DnsName.TryParse(longest + "a", out _));

        // 3 × 64 + 62 + 1 is 255, the most.
        var full = $"{longest}.{longest}.{longest}.{new string('b', 61)}";
        Assert.True(DnsName.TryParse(full, out var name));
        Assert.Equal(DnsName.MaxBytes, name.Wire.Length);
        Assert.False(DnsName.TryParse(full + "b", out _));
        Assert.False(DnsName.TryPrepend("c"u8, name, out _));
        Assert.False(DnsName.TryPrepend([], DnsName.Root, out _));
    }

    [Fact]
    public void The_case_of_letters_makes_no_difference_but_exactly()
    {
        var (lower, upper) = (Name("a.example"), Name("A.EXAMPLE"));
        Assert.Equal(lower, upper);
        Assert.Equal(lower.GetHashCode(), upper.GetHashCode());
        Assert.False(lower.EqualsExactly(upper));
        Assert.NotEqual(lower, Name("b.example"));
        Assert.NotEqual(lower, Name("a.exampl"));
        Assert.NotEqual(Name("ab.c"), Name("a.bc"));
    }

    [Fact]
    public void Case_is_set_by_bits()
    {
        var name = Name("ab-1.cd");
        Assert.Equal("AB-1.CD", name.WithCase([0x00]).ToString());
        Assert.Equal("ab-1.cd", name.WithCase([0xff]).ToString());
        var mixed = name.WithCase([0b1010_1010]);
        Assert.Equal(name, mixed);
        Assert.False(name.EqualsExactly(mixed));
    }

    [Fact]
    public void A_label_may_hold_anything_and_is_shown_escaped()
    {
        Assert.True(DnsName.TryPrepend("my tin.can\\"u8, Name("local"), out var name));
        Assert.Equal(@"my\032tin\.can\\.local", name.ToString());
        Assert.Equal(2, name.Labels.Count);
    }

    private static DnsName Name(string text) => DnsName.TryParse(text, out var name) ? name : throw new InvalidOperationException(text);
}
