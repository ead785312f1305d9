namespace Libp2p.Security.Secio;

/// <summary>The bounds of SECIO.</summary>
public sealed class SecioOptions
{
    /// <summary>The longest frame that the specification allows, in bytes: 8 MiB less one.</summary>
    public const int LongestFrame = 0x80_0000 - 1;

    /// <summary>The longest handshake message that is accepted, in bytes. Default 16 KiB; the largest that a libp2p peer has reason to send has about 2 KiB.</summary>
    public int MaxHandshakeMessage { get; set; } = 16 * 1024;

    /// <summary>
    /// The longest frame that is accepted, in bytes, with its code. It is held whole until its code is checked. Default: the specification's
    /// limit, since js-libp2p puts all that waits into one frame.
    /// </summary>
    public int MaxFrame { get; set; } = LongestFrame;

    /// <summary>Throws where the values contradict the specification.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxHandshakeMessage, 4 * 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxHandshakeMessage, LongestFrame);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrame, 4 * 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxFrame, LongestFrame);
    }
}
