using Libp2p.Security.Secio;
using Libp2p.Testing;

namespace Libp2p.Tests.Security.Secio;

public sealed class SecioCodecTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        var random = TestRandom.Create();
        var proposal = new SecioProposal(random.Bytes(16), random.Bytes(300), SecioSuite.Exchanges, SecioSuite.Ciphers, SecioSuite.Hashes);
        Assert.True(SecioCodec.TryDecode(SecioCodec.Encode(proposal), out SecioProposal? read));
        Assert.Equivalent(proposal, read);
        var exchange = new SecioExchange(random.Bytes(65), random.Bytes(256));
        Assert.True(SecioCodec.TryDecode(SecioCodec.Encode(exchange), out SecioExchange? readExchange));
        Assert.Equivalent(exchange, readExchange);
    }

    [Fact]
    public void Its_bytes_are_those_of_protobuf() => Assert.Equal(
        "0A10000102030405060708090A0B0C0D0E0F1202CAFE1A05502D32353622074145532D3235362A06534841323536",
        Convert.ToHexString(SecioCodec.Encode(new SecioProposal([.. Enumerable.Range(0, 16).Select(i => (byte)i)], [0xca, 0xfe], "P-256", "AES-256", "SHA256"))));

    [Theory]
    [InlineData("")]
    [InlineData("0A0F000000000000000000000000000000")]
    [InlineData("0A11000000000000000000000000000000000000")]
    [InlineData("0A7F00")]
    [InlineData("0B")]
    [InlineData("0800")]
    public void A_proposal_that_is_none_is_refused(string hex) => Assert.False(SecioCodec.TryDecode(Convert.FromHexString(hex), out SecioProposal? _));
}
