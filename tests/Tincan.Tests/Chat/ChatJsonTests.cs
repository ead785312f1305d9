using Tincan.Chat;

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
        Assert.Equal("""{"event":"error","op":"dial","message":"m","hint":"h"}""", ChatJson.Write(new ErrorEvent("dial", "m") { Hint = "h" }));
    }
}
