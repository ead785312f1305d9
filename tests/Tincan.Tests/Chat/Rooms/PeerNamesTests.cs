using Libp2p;
using Tincan.Chat.Rooms;

namespace Tincan.Tests.Chat.Rooms;

public sealed class PeerNamesTests
{
    private static readonly PeerId Ada = Identity.Generate().PeerId;
    private static readonly PeerId Bob = Identity.Generate().PeerId;

    private readonly PeerNames _names = new();

    [Fact]
    public void A_name_stands_alone_while_only_one_has_it()
    {
        Assert.Equal(Ada.ToShortString(), _names.Label(Ada));
        Assert.True(_names.Set(Ada, "Ada"));
        Assert.False(_names.Set(Ada, "Ada"));
        Assert.Equal("Ada", _names.Label(Ada));
        Assert.True(_names.Set(Bob, "Ada"));
        Assert.Equal($"Ada·{Ada.ToShortString()}", _names.Label(Ada));
        Assert.Equal($"Ada·{Bob.ToShortString()}", _names.Label(Bob));
        Assert.Equal([Ada, Bob], _names.FindPeers("Ada"));
        Assert.True(_names.Set(Bob, "Bob"));
        Assert.Equal("Ada", _names.Label(Ada));
        Assert.True(_names.Set(Bob, ""));
        Assert.False(_names.Set(Bob, ""));
        Assert.Null(_names.Find(Bob));
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("A d a")]
    [InlineData("_Ada_")]
    public void A_name_that_looks_alike_shows_both_ids(string other)
    {
        _names.Set(Ada, "Ada");
        _names.Set(Bob, other);
        Assert.EndsWith(Ada.ToShortString(), _names.Label(Ada), StringComparison.Ordinal);
        Assert.EndsWith(Bob.ToShortString(), _names.Label(Bob), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Αda")]
    [InlineData("you")]
    [InlineData("y0u")]
    [InlineData("tincan")]
    [InlineData("...")]
    [InlineData("Qy9gJrrP")]
    [InlineData("Ada·Qy9gJrrP")]
    [InlineData("red\u001b[31m")]
    public void A_name_that_could_pass_for_something_else_never_stands_alone(string name)
    {
        _names.Set(Bob, name);
        Assert.Equal($"{name}·{Bob.ToShortString()}", _names.Label(Bob));
    }

    [Theory]
    [InlineData("Illinois", "lllinois")]
    [InlineData("morning", "moming")]
    [InlineData("b0b", "Bob")]
    public void Letters_that_look_alike_are_the_same(string one, string other) => Assert.Equal(NameSkeleton.Of(one), NameSkeleton.Of(other));

    [Fact]
    public void Remembers_only_so_many()
    {
        var names = new PeerNames(maxNames: 2);
        var third = Identity.Generate().PeerId;
        names.Set(Ada, "one");
        names.Set(Bob, "two");
        names.Set(Ada, "one more");
        names.Set(third, "three");
        Assert.Null(names.Find(Bob));
        Assert.Equal("one more", names.Find(Ada));
        Assert.Equal("three", names.Find(third));
    }
}
