using System.Security.Cryptography;

namespace Libp2p.Security.PrivateNetwork;

/// <summary>The secret that all members of a private network share: 256 bits.</summary>
public sealed class PrivateNetworkKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Length = 32;

    /// <summary>The variable of the environment that, set to 1, forbids nodes outside of a private network.</summary>
    public const string DemandVariable = "LIBP2P_FORCE_PNET";

    private const int MaxFile = 4096;

    private const UnixFileMode OthersMask =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly byte[] _bytes;

    private PrivateNetworkKey(byte[] bytes) => _bytes = bytes;

    /// <summary>Whether the environment forbids nodes outside of a private network: <see cref="DemandVariable"/> is 1.</summary>
    public static bool IsDemanded => Environment.GetEnvironmentVariable(DemandVariable) == "1";

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Makes a new key.</summary>
    public static PrivateNetworkKey Generate() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>Takes the 32 bytes of a key.</summary>
    /// <exception cref="ArgumentException">They are not 32.</exception>
    public static PrivateNetworkKey FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == Length
        ? new PrivateNetworkKey(bytes.ToArray())
        : throw new ArgumentException($"The key of a private network has {Length} bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>Reads the text of a key file (<c>swarm.key</c>), in base16, base64 or raw (<c>/bin/</c>).</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong, and nothing of the key.</exception>
    public static PrivateNetworkKey Parse(ReadOnlySpan<byte> file) => PrivateNetworkKeyCodec.TryRead(file, out var key, out var error)
        ? new PrivateNetworkKey(key)
        : throw new FormatException($"The key of the private network {error}.");

    /// <summary>Loads a key file. As with <see cref="KeyFile"/>, one that others than its owner may read is refused (on Unix).</summary>
    /// <param name="path">The file, often <c>swarm.key</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KeyFileException">There is no such file, or it cannot be used.</exception>
    public static async ValueTask<PrivateNetworkKey> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        var bytes = new byte[MaxFile + 1];
        try
        {
            var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Options = FileOptions.Asynchronous, BufferSize = 0 });
            await using var opened = file.ConfigureAwait(false);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & OthersMask) != 0)
                throw new KeyFileException(path, $"The key file {path} is open to other users, who may know the key. If it is still secret: chmod 600 {path}");
            var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length > MaxFile)
                throw new KeyFileException(path, $"The key file {path} is not the key of a private network: it has more than {MaxFile} bytes.");
            return PrivateNetworkKeyCodec.TryRead(bytes.AsSpan(0, length), out var key, out var error)
                ? new PrivateNetworkKey(key)
                : throw new KeyFileException(path, $"The key file {path} {error}. Copy it anew from another member of the network.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new KeyFileException(path, $"The key file {path} cannot be read ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}). Check that it is a file and yours.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The key as a file in base16 has it. Keep it secret.</summary>
    public string Export() => PrivateNetworkKeyCodec.Write(_bytes);

    /// <summary>Says that it is one; never its value.</summary>
    public override string ToString() => "the key of a private network";
}
