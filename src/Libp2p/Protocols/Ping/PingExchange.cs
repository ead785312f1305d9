using System.Buffers;
using System.Security.Cryptography;

namespace Libp2p.Protocols.Ping;

/// <summary>The pinging side of one stream.</summary>
internal sealed class PingExchange(PeerStream stream, TimeProvider time, TimeSpan timeout, CancellationToken cancellationToken) : IDisposable
{
    private readonly Deadline _deadline = new(time, cancellationToken);
    private readonly byte[] _sent = new byte[PingService.PayloadLength];

    public async ValueTask<TimeSpan> PingAsync()
    {
        _deadline.Set(timeout);
        try
        {
            RandomNumberGenerator.Fill(_sent);
            var start = time.GetTimestamp();
            await stream.Output.WriteAsync(_sent, _deadline.Token).ConfigureAwait(false);
            var read = await stream.Input.ReadAtLeastAsync(PingService.PayloadLength, _deadline.Token).ConfigureAwait(false);
            var elapsed = time.GetElapsedTime(start);
            var failure = Check(read.Buffer);
            stream.Input.AdvanceTo(read.Buffer.End);
            return failure is null ? elapsed : throw new Libp2pException(Libp2pError.ProtocolViolation, $"{stream.RemotePeer} {failure}.");
        }
        catch (OperationCanceledException) when (_deadline.HasPassed)
        {
            stream.Reset();
            throw new Libp2pException(Libp2pError.Timeout, $"{stream.RemotePeer} did not answer a ping within {timeout.TotalSeconds:0.###} s.");
        }
        catch (Exception)
        {
            // What comes after a failed ping answers an earlier one: the stream is of no more use.
            stream.Reset();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    public void Dispose() => _deadline.Dispose();

    private string? Check(in ReadOnlySequence<byte> echo)
    {
        if (echo.Length != PingService.PayloadLength)
            return echo.Length < PingService.PayloadLength ? "ended the stream instead of answering a ping" : "answered more than it was pinged";
        Span<byte> received = stackalloc byte[PingService.PayloadLength];
        echo.CopyTo(received);
        return received.SequenceEqual(_sent) ? null : "answered a ping with other bytes than were sent";
    }
}
