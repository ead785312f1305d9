using System.Text;
using System.Threading.Channels;

namespace Tincan.Chat;

/// <summary>Lines of input from a pipe. Reading a pipe cannot be called off, so a thread of its own does it, and ends with the process.</summary>
internal static class PipeInput
{
    private const int MaxWaiting = 16;

    /// <summary>Begins to read. The channel ends with the input.</summary>
    public static ChannelReader<string> Start(Stream stream)
    {
        var lines = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true, SingleWriter = true });
        new Thread(() => Read(stream, lines.Writer)) { IsBackground = true, Name = "input" }.Start();
        return lines.Reader;
    }

    private static void Read(Stream stream, ChannelWriter<string> lines)
    {
        Exception? failure = null;
        try
        {
            using var reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            while (ReadLine(reader, ChatLimits.MaxInputLength) is { } line)
            {
                if (!lines.TryWrite(line))
                    Wait(lines, line);
            }
        }
        catch (IOException e)
        {
            failure = e;
        }
        lines.TryComplete(failure);
    }

#pragma warning disable VSTHRD002 // This thread exists to wait: it has nothing else to do.
    private static void Wait(ChannelWriter<string> lines, string line) => lines.WriteAsync(line).AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002

    /// <summary>Reads a line; of one that is too long only so much that it can be seen to be so.</summary>
    /// <returns>Null at the end.</returns>
    internal static string? ReadLine(TextReader reader, int maxLength)
    {
        StringBuilder? line = null;
        while (reader.Read() is >= 0 and var read)
        {
            line ??= new StringBuilder();
            if (read == '\n')
                break;
            if (line.Length < maxLength)
                line.Append((char)read);
        }
        return line is { Length: > 0 } && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line?.ToString();
    }
}
