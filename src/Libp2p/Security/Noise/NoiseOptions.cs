namespace Libp2p.Security.Noise;

/// <summary>The bounds of noise.</summary>
public sealed class NoiseOptions
{
    /// <summary>
    /// The longest handshake message that is accepted, in bytes. Default 16 KiB; the largest that a libp2p peer has reason to
    /// send, with an RSA key of 8192 bits and a long list of muxers, has about 4 KiB. At most 65,535.
    /// </summary>
    public int MaxHandshakeMessage { get; set; } = 16 * 1024;

    /// <summary>Throws where the values contradict the specification.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxHandshakeMessage, 4 * 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxHandshakeMessage, NoiseFrame.MaxLength);
    }
}
