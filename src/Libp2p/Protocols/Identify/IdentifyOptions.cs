using System.Text;

namespace Libp2p.Protocols.Identify;

/// <summary>What identify tells, and its bounds.</summary>
public sealed class IdentifyOptions
{
    /// <summary>The network that this node belongs to. Default <c>ipfs/0.1.0</c>, as everyone's.</summary>
    public string ProtocolVersion { get; set; } = "ipfs/0.1.0";

    /// <summary>What this node calls itself. Default <c>tincan/0.1.0</c>.</summary>
    public string AgentVersion { get; set; } = "tincan/0.1.0";

    /// <summary>Whether a signed peer record is told. Default true.</summary>
    public bool SendSignedRecord { get; set; } = true;

    /// <summary>The most bytes of a part of a message that is read. Default 8 KiB.</summary>
    public int MaxPartLength { get; set; } = 8 * 1024;

    /// <summary>The most parts of a message that are read. Default 10.</summary>
    public int MaxParts { get; set; } = 10;

    /// <summary>The most listen addresses that are taken from a message; the rest is ignored. Default 500.</summary>
    public int MaxAddresses { get; set; } = 500;

    /// <summary>The most protocols that are taken from a message; the rest is ignored. Default 1024.</summary>
    public int MaxProtocols { get; set; } = 1024;

    /// <summary>How long each part may take to come. Default 5 s.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most bytes that are sent, addresses and protocols being left out beyond. Default 4096: others drop what is longer.</summary>
    public int MaxSentLength { get; set; } = 4096;

    /// <summary>How long to gather changes before they are pushed. Default 100 ms.</summary>
    public TimeSpan PushDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Pushes a second, sent to and taken from a peer, after the burst. Default 0.2.</summary>
    public double PushesPerSecond { get; set; } = 0.2;

    /// <summary>The burst of <see cref="PushesPerSecond"/>. Default 10.</summary>
    public int PushBurst { get; set; } = 10;

    /// <summary>How many observers, each at an address of its own, must have seen this node at an address before it is told to others. Default 4.</summary>
    public int MinObservers { get; set; } = 4;

    /// <summary>How long an observation counts after the connection over which it came has ended. Default 30 min.</summary>
    public TimeSpan ObservationLifetime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentException">With the option's name.</exception>
    public void Validate()
    {
        ThrowIfTooLong(ProtocolVersion, nameof(ProtocolVersion));
        ThrowIfTooLong(AgentVersion, nameof(AgentVersion));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPartLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxParts);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxAddresses);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxProtocols);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ReadTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSentLength, 2048);
        ArgumentOutOfRangeException.ThrowIfLessThan(PushDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PushesPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PushBurst);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MinObservers);
        ArgumentOutOfRangeException.ThrowIfLessThan(ObservationLifetime, TimeSpan.Zero);
    }

    private static void ThrowIfTooLong(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text, name);
        if (Encoding.UTF8.GetByteCount(text) > 128)
            throw new ArgumentException("At most 128 bytes of UTF-8 are told of it.", name);
    }
}
