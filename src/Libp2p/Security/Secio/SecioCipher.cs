using System.Security.Cryptography;

namespace Libp2p.Security.Secio;

/// <summary>
/// One direction of a connection: the cipher and the code over what it gives. Only its owner seals or opens, while
/// <see cref="Dispose"/> may come from any thread.
/// </summary>
internal sealed class SecioCipher : IDisposable
{
    /// <summary>Bytes of the longest code.</summary>
    public const int MaxTagLength = 64;

    private readonly Lock _gate = new();
    private readonly AesCounter _counter;
    private readonly IncrementalHash _hmac;
    private bool _isDisposed;

    public SecioCipher(SecioSuite suite, in SecioKeys keys)
    {
        _counter = new AesCounter(keys.CipherKey, keys.Counter);
        _hmac = IncrementalHash.CreateHMAC(suite.HashName, keys.MacKey);
    }

    /// <summary>Bytes of a code.</summary>
    public int TagLength => _hmac.HashLengthInBytes;

    /// <summary>Encrypts a frame's body in place and writes its code behind it.</summary>
    /// <param name="body">The body.</param>
    /// <param name="tag">Exactly <see cref="TagLength"/> bytes.</param>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public void Seal(Span<byte> body, Span<byte> tag)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _counter.Apply(body, body);
            _hmac.AppendData(body);
            _hmac.GetHashAndReset(tag);
        }
    }

    /// <summary>Decrypts a piece of a frame's body. It must not be used before <see cref="IsGenuine"/> has said so.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="destination">As many bytes.</param>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public void Open(ReadOnlySpan<byte> piece, Span<byte> destination)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _hmac.AppendData(piece);
            _counter.Apply(piece, destination);
        }
    }

    /// <summary>Whether the code is that of all pieces since the last frame.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public bool IsGenuine(ReadOnlySpan<byte> tag)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Span<byte> expected = stackalloc byte[MaxTagLength];
            return CryptographicOperations.FixedTimeEquals(tag, expected[.._hmac.GetHashAndReset(expected)]);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _counter.Dispose();
            _hmac.Dispose();
        }
    }
}
