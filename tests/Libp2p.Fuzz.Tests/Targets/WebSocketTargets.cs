using System.Buffers;
using System.Text;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Fuzz.Tests.Targets;

/// <summary>The heads of HTTP that open a WebSocket, and what proxies write into them.</summary>
internal static class WebSocketTargets
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    public static FuzzTarget HttpRequest() => new(
        nameof(HttpRequest),
        [
            Written(o => HttpUpgradeCodec.WriteRequest(o, "a.example:80", "/x", Key)),
            [.. "GET /x?y HTTP/1.1\r\nX-Forwarded-For: 192.0.2.1\r\n"u8, .. Written(o => HttpUpgradeCodec.WriteRequest(o, "a", "/", Key))["GET / HTTP/1.1\r\n".Length..]],
        ],
        input =>
        {
            var end = HttpUpgradeCodec.FindEnd(input);
            FuzzViolation.Unless(end <= input.Length, "finds an end that is not there");
            if (end <= 0)
                return false;
            if (!HttpUpgradeCodec.TryReadRequest(input.AsSpan(0, end), out var request, out var refusal))
            {
                var answer = Written(o => HttpUpgradeCodec.WriteRefusal(o, refusal));
                FuzzViolation.Unless(refusal.Status is >= 400 and < 500 && HttpUpgradeCodec.FindEnd(answer) > 0, "refuses without an answer");
                return false;
            }
            FuzzViolation.Unless(request.Key.Length == HttpUpgradeCodec.KeyLength, "takes a key of another length");
            FuzzViolation.Unless(!request.Target.Any(c => c is <= ' ' or > '~'), "takes a path that could end a line");
            var again = Written(o => HttpUpgradeCodec.WriteRequest(o, request.Host, request.Target, request.Key));
            FuzzViolation.Unless(request.Host.Any(c => c > '~') || HttpUpgradeCodec.TryReadRequest(again, out _, out _), "does not read back what it writes");
            return true;
        })
    { Iterations = 60_000, MaxLength = 1024, AllocationPerByte = 512 };

    public static FuzzTarget HttpResponse() => new(
        nameof(HttpResponse), [Written(o => HttpUpgradeCodec.WriteResponse(o, Key)), [.. "HTTP/1.1 101 \r\nX: y\r\n"u8, .. Written(o => HttpUpgradeCodec.WriteResponse(o, Key))["HTTP/1.1 101 Switching Protocols\r\n".Length..]]], input =>
        {
            var end = HttpUpgradeCodec.FindEnd(input);
            if (end <= 0)
                return false;
            var opens = HttpUpgradeCodec.TryReadResponse(input.AsSpan(0, end), Key, out var error);
            FuzzViolation.Unless(opens == (error is null) && error?.Any(char.IsControl) != true, "refuses without a printable reason, or takes with one");
            FuzzViolation.Unless(!opens || input.AsSpan().IndexOf(Encoding.ASCII.GetBytes(HttpUpgradeCodec.Accept(Key))) >= 0, "takes an answer without its proof");
            return opens;
        })
    { Iterations = 60_000, MaxLength = 1024, AllocationPerByte = 512 };

    public static FuzzTarget Forwarded() => new(
        nameof(Forwarded),
        [[0, .. "192.0.2.1, [2001:db8::1]:99, 10.0.0.1"u8], [1, .. "for=\"[2001:db8::1]:99\";proto=https, for=192.0.2.1"u8]],
        input =>
        {
            if (input.Length == 0)
                return false;
            var header = input[0] % 2 == 0 ? ForwardedHeader.XForwardedFor : ForwardedHeader.Forwarded;
            var hops = ForwardedCodec.ReadBackwards(header, Encoding.Latin1.GetString(input.AsSpan(1))).ToList();
            FuzzViolation.Unless(hops.Count <= ForwardedCodec.MaxHops, "reads more hops than its bound");
            foreach (var hop in hops)
            {
                var written = header == ForwardedHeader.Forwarded ? $"for=\"{hop}\"" : $"{hop}";
                FuzzViolation.Unless(ForwardedCodec.ReadBackwards(header, written) is var again && Equals(again.Single(), hop), "does not read back what it writes");
            }
            return hops.Count > 0;
        })
    { Iterations = 60_000, MaxLength = 128, AllocationPerByte = 4096 };

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }
}
