using Tincan.Chat;
using Tincan.Chat.Rooms;

namespace Tincan.Tests.Chat;

public sealed class ChatJsonTests
{
    [Fact]
    public void Events_begin_with_their_name_and_leave_out_what_is_not_there()
    {
        Assert.Equal("""{"event":"direct-sent","to":"a"}""", ChatJson.Write(new DirectSentEvent("a", null)));
        Assert.Equal("""{"event":"direct-sent","to":"a","reply":"b"}""", ChatJson.Write(new DirectSentEvent("a", "b")));
        Assert.Equal("""{"event":"ping","peer":"a","rtt_ms":1.5}""", ChatJson.Write(new PingEvent("a", 1.5)));
        Assert.Equal("""{"event":"name","from":"a","name":"b"}""", ChatJson.Write(new NameEvent("a", "b")));
        Assert.Equal(
            """{"event":"message","room":"k","topic":"/k","from":"a","name":"b","text":"t","id":"i","created":5}""",
            ChatJson.Write(new MessageEvent("k", "/k", "a", "b", "t", "i", 5) { Label = "b", IsOwn = true }));
        Assert.Equal(
            """{"event":"message","room":"k","topic":"/k","from":"a","text":"t","created":5,"not_saved":true}""",
            ChatJson.Write(new MessageEvent("k", "/k", "a", null, "t", null, 5) { NotSaved = true }));
        Assert.Equal("""{"event":"stats","from":"a","peers":["b"]}""", ChatJson.Write(new StatsEvent("a", ["b"])));
        Assert.Equal("""{"event":"rooms","items":[{"room":"k","topic":"/k","peers":1,"unread":2,"view":true}]}""", ChatJson.Write(new RoomsEvent([new RoomItem("k", "/k", 1, 2, true)])));
        Assert.Equal(
            """{"event":"who","room":"k","items":[{"peer":"a","name":"b","connected":true,"spoke":5}]}""", ChatJson.Write(new WhoEvent("k", [new WhoItem("a", "b", null, true, 5) { Label = "b" }])));
        Assert.Equal(
            """{"event":"history","items":[{"room":"k","topic":"/k","from":"a","text":"t","recorded":5,"sent":false,"unread":true}]}""",
            ChatJson.Write(new HistoryEvent([new MessageItem("k", "/k", null, "a", null, "t", null, null, 5, false, true)])));
        Assert.Equal("""{"event":"error","op":"dial","message":"m","hint":"h"}""", ChatJson.Write(new ErrorEvent("dial", "m") { Hint = "h" }));
    }
}
