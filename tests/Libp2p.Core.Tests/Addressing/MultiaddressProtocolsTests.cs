using Libp2p.Tests.Support;

namespace Libp2p.Tests.Addressing;

public class MultiaddressProtocolsTests
{
    [Fact]
    public void The_table_is_complete()
    {
        var rows = Vectors.Rows("multiformats/multiaddr_protocols.csv").ToArray();
        Assert.Equal(41, rows.Length);
        foreach (var row in rows)
        {
            Assert.True(MultiaddressProtocols.TryGet(row[2], out var protocol), row[2]);
            Assert.Equal(int.Parse(row[0]), protocol.Code);
            Assert.True(MultiaddressProtocols.TryGet((ulong)protocol.Code, out var byCode));
            Assert.Same(protocol, byCode);
            if (row[2] == "ipfs")
                Assert.Same(MultiaddressProtocols.P2p, protocol);
            else
                Assert.Equal(row[2], protocol.Name);

            // The table gives memory a varying length; the implementations agree on 64 bits.
            Assert.Equal(protocol == MultiaddressProtocols.Memory ? 64 : row[1] == "V" ? null : int.Parse(row[1]), protocol.Bits);
        }

        Assert.Equal(rows.Select(row => row[0]).Distinct().Count(), MultiaddressProtocols.All.Count);
    }

    [Fact]
    public void Only_unix_takes_the_rest() => Assert.Equal([MultiaddressProtocols.Unix], MultiaddressProtocols.All.Where(protocol => protocol.IsPath));

    [Theory]
    [InlineData("")]
    [InlineData("IP4")]
    [InlineData("ip5")]
    public void Other_names_are_not_known(string name) => Assert.False(MultiaddressProtocols.TryGet(name, out _));

    [Fact]
    public void Other_codes_are_not_known() => Assert.False(MultiaddressProtocols.TryGet(ulong.MaxValue, out _));
}
