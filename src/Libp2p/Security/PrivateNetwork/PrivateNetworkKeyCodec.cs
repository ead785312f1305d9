using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Libp2p.Security.PrivateNetwork;

/// <summary>The codec of key files (pnet/Private-Networks-PSK-V1.md, "Interface"): a line for the kind, a line for the encoding, the key.</summary>
internal static class PrivateNetworkKeyCodec
{
    private static ReadOnlySpan<byte> Kind => "/key/swarm/psk/1.0.0/"u8;

    /// <summary>Reads a key file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="key">The key: 32 bytes.</param>
    /// <param name="error">What is wrong with it, to follow "it". Nothing of the key is in it.</param>
    public static bool TryRead(ReadOnlySpan<byte> file, [NotNullWhen(true)] out byte[]? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        error = null;
        if (!TakeLine(ref file).SequenceEqual(Kind))
        {
            error = "does not begin with /key/swarm/psk/1.0.0/";
            return false;
        }
        var encoding = TakeLine(ref file);
        var bytes = new byte[PrivateNetworkKey.Length];
        var isRead = false;
        if (encoding.SequenceEqual("/bin/"u8))
            isRead = file.Length == bytes.Length && file.TryCopyTo(bytes);
        else if (encoding.SequenceEqual("/base16/"u8))
            isRead = Convert.FromHexString(TrimEnd(file), bytes, out var consumed, out var read) == OperationStatus.Done && read == bytes.Length && consumed == 2 * bytes.Length;
        else if (encoding.SequenceEqual("/base64/"u8))
            isRead = Base64.DecodeFromUtf8(TrimEnd(file), bytes, out _, out var decoded) == OperationStatus.Done && decoded == bytes.Length;
        else
            error = "names no encoding that is known: /base16/, /base64/ or /bin/ is due on its second line";
        if (isRead)
        {
            key = bytes;
            return true;
        }
        CryptographicOperations.ZeroMemory(bytes);
        error ??= "has no key of 32 bytes in that encoding on its third line";
        return false;
    }

    /// <summary>Writes a key file in base16, which every implementation reads.</summary>
    public static string Write(ReadOnlySpan<byte> key) => $"{Encoding.ASCII.GetString(Kind)}\n/base16/\n{Convert.ToHexStringLower(key)}\n";

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> file)
    {
        var end = file.IndexOf((byte)'\n');
        var line = end < 0 ? file : file[..end];
        file = end < 0 ? [] : file[(end + 1)..];
        return line is [.. var text, (byte)'\r'] ? text : line;
    }

    private static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text) => text.TrimEnd("\r\n \t"u8);
}
