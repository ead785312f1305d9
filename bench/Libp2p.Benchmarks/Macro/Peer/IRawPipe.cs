namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>A socket with a cipher and nothing else: what any stack with that cipher is measured against.</summary>
internal interface IRawPipe : IDisposable
{
    /// <summary>Sends so many bytes.</summary>
    ValueTask SendAsync(long count);

    /// <summary>Receives so many bytes.</summary>
    ValueTask ReceiveAsync(long count);
}
