using System.Net;
using Libp2p.Gating;
using Libp2p.Tests.Swarm;

namespace Libp2p.Tests.Gating;

public class GateRulesTests
{
    static readonly PeerId Ada = Peers.Id(1);
    static readonly PeerId Bob = Peers.Id(2);

    static GateRules Rules(string text)
    {
        var rules = GateRules.Empty;
        foreach (var rule in text.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            var words = rule.Replace("ADA", Ada.ToString(), StringComparison.Ordinal).Split(' ');
            Assert.True(GateTarget.TryParse(words[1], out var target, out var error), error);
            rules = words[0] == "allow" ? rules.Allow(target) : rules.Deny(target);
        }
        return rules;
    }

    [Theory]
    // rules, address: is Ada let in, is Bob, may whoever it is come as far as the handshake?
    [InlineData("", "/ip4/192.0.2.1/tcp/1", true, true, true)]
    [InlineData("deny all", "/ip4/192.0.2.1/tcp/1", false, false, false)]
    [InlineData("deny all", "/memory/1", false, false, false)]
    [InlineData("deny ADA", "/ip4/192.0.2.1/tcp/1", false, true, true)]
    [InlineData("deny all, allow ADA", "/ip4/192.0.2.1/tcp/1", true, false, true)]
    [InlineData("deny 192.0.2.0/24", "/ip4/192.0.2.1/tcp/1", false, false, false)]
    [InlineData("deny 192.0.2.0/24", "/ip4/192.0.3.1/tcp/1", true, true, true)]
    [InlineData("deny 192.0.2.0/24", "/ip6/::ffff:192.0.2.1/tcp/1", false, false, false)]
    [InlineData("deny 192.0.2.0/24, allow ADA", "/ip4/192.0.2.1/udp/1/quic-v1", true, false, true)]
    [InlineData("allow 192.0.2.0/24, deny ADA", "/ip4/192.0.2.1/tcp/1", false, true, true)]
    [InlineData("deny 10.0.0.0/8, allow 10.1.0.0/16, deny 10.1.2.3", "/ip4/10.0.0.1/tcp/1", false, false, false)]
    [InlineData("deny 10.0.0.0/8, allow 10.1.0.0/16, deny 10.1.2.3", "/ip4/10.1.0.1/tcp/1", true, true, true)]
    [InlineData("deny 10.0.0.0/8, allow 10.1.0.0/16, deny 10.1.2.3", "/ip4/10.1.2.3/tcp/1", false, false, false)]
    [InlineData("deny all, allow 2001:db8::/32", "/ip6/2001:db8::7/tcp/1", true, true, true)]
    [InlineData("deny all, allow 2001:db8::/32", "/ip6/2001:db9::7/tcp/1", false, false, false)]
    [InlineData("deny fe80::/10", "/ip6zone/eth0/ip6/fe80::1/tcp/1", false, false, false)]
    [InlineData("deny ::/0", "/ip4/192.0.2.1/tcp/1", true, true, true)]
    [InlineData("deny /dns4/example.com", "/dns4/example.com/tcp/1", false, false, false)]
    [InlineData("deny /dns4/example.com", "/dns6/example.com/tcp/1", true, true, true)]
    [InlineData("deny /dns4/example.com", "/dns4/example.com.org/tcp/1", true, true, true)]
    [InlineData("deny 192.0.2.1, allow /ip4/192.0.2.1/tcp/1", "/ip4/192.0.2.1/tcp/1/ws", true, true, true)]
    [InlineData("deny 192.0.2.1, allow /ip4/192.0.2.1/tcp/1", "/ip4/192.0.2.1/tcp/2", false, false, false)]
    [InlineData("allow /ip4/192.0.2.1/tcp/1, deny /ip4/192.0.2.1/tcp/1/ws", "/ip4/192.0.2.1/tcp/1/ws", false, false, false)]
    [InlineData("deny /ip4/192.0.2.0/ipcidr/24", "/ip4/192.0.2.1/tcp/1", false, false, false)]
    [InlineData("deny /ip4/192.0.2.1", "/ip4/192.0.2.1/tcp/1", false, false, false)]
    [InlineData("deny /p2p/ADA", "/ip4/192.0.2.1/tcp/1", false, true, true)]
    [InlineData("deny ADA, allow ADA", "/ip4/192.0.2.1/tcp/1", true, true, true)]
    public void The_most_specific_rule_decides(string rules, string address, bool ada, bool bob, bool unknown)
    {
        var at = Multiaddress.Parse(address);
        Assert.Equal((ada, bob, unknown), (Rules(rules).Allows(Ada, at), Rules(rules).Allows(Bob, at), Rules(rules).Allows(null, at)));
    }

    [Fact]
    public void A_change_gives_new_rules_and_leaves_the_old()
    {
        var target = GateTarget.Of(Ada);
        var denied = GateRules.Empty.Deny(target);
        var removed = denied.Remove(target);
        Assert.Equal([target], denied.Denied);
        Assert.Empty(denied.Allowed);
        Assert.Empty(removed.Denied);
        Assert.Empty(GateRules.Empty.Denied);
    }

    [Theory]
    [InlineData("")]
    [InlineData("everyone")]
    [InlineData("12D3KooBad")]
    [InlineData("10.0.0.0/99")]
    [InlineData("/ip4/1.2.3")]
    [InlineData("/ip4/10.0.0.0/ipcidr/99")]
    [InlineData("/ip4/10.1.0.0/ipcidr/8")]
    [InlineData("/ip4/192.0.2.1/tcp/1/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN")]
    public void A_text_that_names_nobody_is_refused_with_the_reason(string text)
    {
        Assert.False(GateTarget.TryParse(text, out var target, out var error));
        Assert.Null(target);
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Targets_of_all_kinds_are_what_their_text_says()
    {
        foreach (var target in (GateTarget[])
            [GateTarget.Everyone, GateTarget.Of(Ada), GateTarget.Of(IPAddress.Loopback), GateTarget.Of(IPNetwork.Parse("2001:db8::/32")), GateTarget.Of(Multiaddress.Parse("/dns/example.com/tcp/1"))])
        {
            Assert.True(GateTarget.TryParse(target.ToString(), out var read, out var error), error);
            Assert.Equal(target, read);
            Assert.Equal(target.GetHashCode(), read.GetHashCode());
        }
        Assert.Throws<ArgumentException>(() => GateTarget.Of(Multiaddress.Parse($"/ip4/192.0.2.1/tcp/1/p2p/{Ada}")));
    }
}
