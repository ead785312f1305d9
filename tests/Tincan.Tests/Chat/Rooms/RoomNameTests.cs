using Tincan.Chat;
using Tincan.Chat.Rooms;
using Tincan.Commands;

namespace Tincan.Tests.Chat.Rooms;

public sealed class RoomNameTests
{
    [Theory]
    [InlineData("kitchen", "/tincan/room/kitchen", "kitchen")]
    [InlineData("küche", "/tincan/room/küche", "küche")]
    [InlineData("/tincan/room/kitchen", "/tincan/room/kitchen", "kitchen")]
    [InlineData("/libp2p/example/chat/1.0.0", "/libp2p/example/chat/1.0.0", "/libp2p/example/chat/1.0.0")]
    [InlineData("universal-connectivity", "universal-connectivity", "universal-connectivity")]
    [InlineData("/tincan/room/universal-connectivity", "/tincan/room/universal-connectivity", "/tincan/room/universal-connectivity")]
    [InlineData("/tincan/room//x", "/tincan/room//x", "/tincan/room//x")]
    [InlineData("@x", "/tincan/room/@x", "@x")]
    public void A_name_is_a_topic_and_means_the_same_when_it_is_typed_again(string text, string topic, string name)
    {
        var room = RoomName.Parse(text);
        Assert.Equal((topic, name), (room.Topic, room.Name));
        Assert.Equal(room, RoomName.Parse(room.Name));
        Assert.Equal(room, RoomName.OfTopic(topic));
    }

    [Fact]
    public void Only_the_room_of_universal_connectivity_has_raw_text()
    {
        Assert.True(RoomName.Universal.IsRawText);
        Assert.False(RoomName.Workshop.IsRawText);
        Assert.False(RoomName.Parse("kitchen").IsRawText);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\n")]
    [InlineData("red\u001b[31m")]
    [InlineData("back\u202ewards")]
    public void What_is_no_name_is_refused(string text) => Assert.Equal(ExitCodes.Usage, Assert.Throws<CommandException>(() => RoomName.Parse(text)).ExitCode);

    [Fact]
    public void A_name_has_an_end()
    {
        Assert.NotNull(RoomName.Parse(new string('x', ChatLimits.MaxRoomBytes)));
        Assert.Throws<CommandException>(() => RoomName.Parse(new string('x', ChatLimits.MaxRoomBytes + 1)));
        Assert.Throws<CommandException>(() => RoomName.Parse(new string('é', (ChatLimits.MaxRoomBytes / 2) + 1)));
    }
}
