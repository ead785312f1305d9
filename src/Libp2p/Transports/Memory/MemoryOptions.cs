namespace Libp2p.Transports.Memory;

/// <summary>Options of links in memory.</summary>
public sealed class MemoryOptions
{
    /// <summary>Bytes that nobody has read at which a flush waits, for each direction; it goes on at half of them. Default 256 KiB.</summary>
    public int PauseThreshold { get; set; } = 256 * 1024;

    /// <summary>Links that wait to be accepted; a dial beyond them waits. Default 512.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(PauseThreshold, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Backlog);
    }
}
