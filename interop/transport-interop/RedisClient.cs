using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Libp2p.TransportInterop;

/// <summary>The little of Redis' protocol (RESP 2) that the tests need: a command out, its reply in, one after the other, within bounds.</summary>
internal sealed class RedisClient : IDisposable
{
    private const int MaxLine = 1024;
    private const int MaxValue = 64 * 1024;
    private const int MaxItems = 16;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    private readonly TcpClient _socket;
    private readonly BufferedStream _stream;

    private RedisClient(TcpClient socket)
    {
        _socket = socket;
        _stream = new BufferedStream(socket.GetStream());
    }

    /// <summary>Connects; a server that is only just starting, or whose name is not known yet, is waited for.</summary>
    /// <exception cref="OperationCanceledException">It was not there in time.</exception>
    public static async Task<RedisClient> ConnectAsync(string host, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = new TcpClient { NoDelay = true };
            try
            {
                await socket.ConnectAsync(host, port, cancellationToken);
                return new RedisClient(socket);
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(RetryInterval, time, cancellationToken);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>The value of a key, or null where it has none.</summary>
    /// <exception cref="RedisException">With the code <c>WRONGTYPE</c> where the key holds a list.</exception>
    public async Task<string?> GetAsync(string key, CancellationToken cancellationToken) => (await AskAsync(["GET", key], cancellationToken))?[0];

    /// <summary>Sets a key to a value, whatever it held before.</summary>
    public Task SetAsync(string key, string value, CancellationToken cancellationToken) => AskAsync(["SET", key, value], cancellationToken);

    /// <summary>Removes a key.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) => AskAsync(["DEL", key], cancellationToken);

    /// <summary>Appends a value to a list.</summary>
    public Task PushAsync(string key, string value, CancellationToken cancellationToken) => AskAsync(["RPUSH", key, value], cancellationToken);

    /// <summary>Takes the first value of a list, waiting for one; null where none came.</summary>
    public async Task<string?> PopAsync(string key, TimeSpan wait, CancellationToken cancellationToken)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        return await AskAsync(["BLPOP", key, seconds.ToString(CultureInfo.InvariantCulture)], cancellationToken) switch
        {
            null => null,
            [_, var value] => value,
            _ => throw Malformed("BLPOP answers a key and a value"),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    /// <summary>Sends a command and reads its reply: one item or several, null where there is none.</summary>
    private async Task<string[]?> AskAsync(string[] command, CancellationToken cancellationToken)
    {
        try
        {
            var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
            foreach (var word in command)
                text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
            await _socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
            return await ReadReplyAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new RedisException("CLOSED", $"the connection to Redis ended ({e.Message})");
        }
    }

    private async Task<string[]?> ReadReplyAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        switch (line)
        {
            case ['+' or ':', .. var simple]:
                return [simple];
            case ['-', .. var error]:
                throw new RedisException(error.Split(' ')[0], $"Redis answers: {error}");
            case ['$', .. var length]:
                return await ReadValueAsync(length, cancellationToken) is { } value ? [value] : null;
            case ['*', .. var count] when ParseLength(count, MaxItems) is var items:
                if (items < 0)
                    return null;
                var values = new List<string>();
                while (values.Count < items)
                {
                    if (await ReadLineAsync(cancellationToken) is not ['$', .. var size] || await ReadValueAsync(size, cancellationToken) is not { } item)
                        throw Malformed("an item of a list is no value");
                    values.Add(item);
                }
                return [.. values];
            default:
                throw Malformed("a reply of unknown kind");
        }
    }

    private async Task<string?> ReadValueAsync(string length, CancellationToken cancellationToken)
    {
        var size = ParseLength(length, MaxValue);
        if (size < 0)
            return null;
        var value = new byte[size + 2];
        await _stream.ReadExactlyAsync(value, cancellationToken);
        return value is [.. var text, (byte)'\r', (byte)'\n'] ? Encoding.UTF8.GetString(text) : throw Malformed("a value does not end where it says");
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var next = new byte[1];
        while (line.Length <= MaxLine)
        {
            await _stream.ReadExactlyAsync(next, cancellationToken);
            if (next[0] != '\n')
                line.Append((char)next[0]);
            else if (line is { Length: > 0 } && line[^1] == '\r')
                return line.ToString(0, line.Length - 1);
            else
                throw Malformed("a line ends without CR");
        }
        throw Malformed($"a line of more than {MaxLine} bytes");
    }

    /// <summary>A length up to a limit; -1, which stands for nothing.</summary>
    private static int ParseLength(string text, int limit) =>
        text == "-1" ? -1
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= limit ? length
        : throw Malformed($"a length that is no number up to {limit}");

    private static RedisException Malformed(string what) => new("PROTOCOL", $"what answers is no Redis that this program understands: {what}");
}
