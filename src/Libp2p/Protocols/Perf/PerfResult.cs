namespace Libp2p.Protocols.Perf;

/// <summary>What a measurement came to.</summary>
/// <param name="Uploaded">Bytes sent, without the request of eight.</param>
/// <param name="Downloaded">Bytes received.</param>
/// <param name="UploadDuration">From the request until the peer's answer began, which it does once it has read everything; zero where nothing was uploaded.</param>
/// <param name="DownloadDuration">From there, or from the request where nothing was uploaded, until the last byte; zero where nothing was downloaded.</param>
/// <param name="Connection">The connection it went over.</param>
public sealed record PerfResult(long Uploaded, long Downloaded, TimeSpan UploadDuration, TimeSpan DownloadDuration, ConnectionInfo Connection)
{
    /// <summary>Bytes a second; zero where nothing was uploaded.</summary>
    public double UploadRate => Rate(Uploaded, UploadDuration);

    /// <summary>Bytes a second; zero where nothing was downloaded.</summary>
    public double DownloadRate => Rate(Downloaded, DownloadDuration);

    private static double Rate(long bytes, TimeSpan duration) => duration > TimeSpan.Zero ? bytes / duration.TotalSeconds : 0;
}
