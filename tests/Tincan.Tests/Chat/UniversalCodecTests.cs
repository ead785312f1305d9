using Google.Protobuf;
using Tincan.Chat;
using Tincan.Chat.Wire;

namespace Tincan.Tests.Chat;

public sealed class UniversalCodecTests
{
    [Fact]
    public void A_message_returns_as_it_went()
    {
        var bytes = UniversalCodec.EncodeRequest("grüße", 5);
        var request = DirectMessageRequest.Parser.ParseFrom(bytes);
        Assert.Equal(("text/plain", 5L), (request.Type, request.Metadata.Timestamp));
        Assert.True(UniversalCodec.TryReadRequest(bytes, out var text));
        Assert.Equal("grüße", text);
    }

    [Fact]
    public void An_answer_says_that_it_was_taken_or_why_not()
    {
        // Status 200 in field 2, which other implementations look for.
        Assert.Contains("10C801", Convert.ToHexString(UniversalCodec.EncodeResponse(null, 5)), StringComparison.Ordinal);
        Assert.True(UniversalCodec.TryReadResponse(UniversalCodec.EncodeResponse(null, 5), out var refusal));
        Assert.Null(refusal);
        Assert.True(UniversalCodec.TryReadResponse(UniversalCodec.EncodeResponse("no", 5), out refusal));
        Assert.Equal("no", refusal);
        Assert.True(UniversalCodec.TryReadResponse([], out refusal));
        Assert.Equal("status 0", refusal);
        Assert.False(UniversalCodec.TryReadResponse([0xff], out _));
    }

    [Fact]
    public void What_is_no_text_or_too_much_is_not_taken()
    {
        Assert.True(UniversalCodec.TryReadRequest(UniversalCodec.EncodeRequest(new string('x', ChatLimits.MaxDirectBytes), 1), out _));
        Assert.False(UniversalCodec.TryReadRequest(UniversalCodec.EncodeRequest(new string('x', ChatLimits.MaxDirectBytes + 1), 1), out _));
        Assert.False(UniversalCodec.TryReadRequest(new byte[UniversalCodec.MaxBytes + 1], out _));
        Assert.False(UniversalCodec.TryReadRequest(UniversalCodec.EncodeRequest("", 1), out _));
        Assert.False(UniversalCodec.TryReadRequest(new DirectMessageRequest { Content = "x", Type = "image/png" }.ToByteArray(), out _));
        Assert.False(UniversalCodec.TryReadRequest([0xff, 0xff], out _));
        // A message within that says it has 2^31 - 1 bytes.
        Assert.False(UniversalCodec.TryReadRequest(Convert.FromHexString("0AFFFFFFFF0712016B"), out _));
    }
}
