namespace Libp2p.Transports.Tcp;

/// <summary>Options of the TCP transport.</summary>
public sealed class TcpOptions
{
    /// <summary>How long a connect may take. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections that the kernel holds before they are accepted. Default 512.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>Dial from the port that is listened on, so that a NAT gives both one mapping and others see an address that can be dialled. Default true.</summary>
    public bool ReusePort { get; set; } = true;

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Backlog);
    }
}
