using System.Text;

namespace Tincan.Commands;

/// <summary>The process's standard output and error as lines of UTF-8, each written whole and at once.</summary>
internal static class Output
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private static readonly Lock ErrorGate = new();

    /// <summary>Opens standard output. A write that fails throws.</summary>
    public static TextWriter Open() => new StreamWriter(Console.OpenStandardOutput(), Utf8) { AutoFlush = true, NewLine = "\n" };

    /// <summary>Opens standard output for much at once: it is written when it is disposed, and in between when a buffer is full.</summary>
    public static TextWriter OpenBuffered() => new StreamWriter(Console.OpenStandardOutput(), Utf8) { NewLine = "\n" };

    /// <summary>Opens standard error.</summary>
    public static TextWriter OpenError() => new StreamWriter(Console.OpenStandardError(), Utf8) { AutoFlush = true, NewLine = "\n" };

    /// <summary>Writes a failure to standard error.</summary>
    public static void WriteError(FailureLine failure) => WriteErrorLine(failure.ToString());

    /// <summary>Writes a line to standard error; where that is gone, there is nobody left to tell.</summary>
    public static void WriteErrorLine(string line)
    {
        lock (ErrorGate)
        {
            try
            {
                using var error = OpenError();
                error.WriteLine(line);
            }
            catch (IOException)
            {
                // Nobody reads it.
            }
        }
    }
}
