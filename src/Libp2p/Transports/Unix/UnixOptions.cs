namespace Libp2p.Transports.Unix;

/// <summary>Options of Unix sockets.</summary>
public sealed class UnixOptions
{
    /// <summary>Who may connect: the mode of the socket's file. Default 0600, its owner alone.</summary>
    public UnixFileMode Mode { get; set; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Connections that the kernel holds before they are accepted. Default 512.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate() => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Backlog);
}
