using System.Buffers;
using System.IO.Pipelines;
using Libp2p.Muxers.Yamux;

namespace Libp2p.Attack.Tests.Support;

/// <summary>A peer that has proven who it is and then sends whatever frames it likes.</summary>
sealed class YamuxAttacker(SecureLink link, Link below) : IAsyncDisposable
{
    uint _nextStream = 1;

    public SecureLink Link => link;

    /// <summary>Sends bytes that no one sealed, past noise.</summary>
    public async Task WriteBelowAsync(ReadOnlyMemory<byte> bytes) => await below.Output.WriteAsync(bytes);

    /// <summary>The number of a stream that this side may open.</summary>
    public uint NextStream()
    {
        var id = _nextStream;
        _nextStream += 2;
        return id;
    }

    /// <summary>Writes a frame; it leaves at the next flush.</summary>
    public void Write(YamuxType type, YamuxFlags flags, uint stream, uint length, ReadOnlySpan<byte> payload = default)
    {
        var span = link.Output.GetSpan(YamuxHeader.Size + payload.Length);
        new YamuxHeader(type, flags, stream, length).Write(span);
        payload.CopyTo(span[YamuxHeader.Size..]);
        link.Output.Advance(YamuxHeader.Size + payload.Length);
    }

    public async ValueTask FlushAsync() => await link.Output.FlushAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);

    /// <summary>Writes what a function writes, again and again, until the victim has ended the connection; what it says meanwhile is read past.</summary>
    public async Task PressUntilCutAsync(Action write)
    {
        var ended = ReadToEndAsync();
        try
        {
            for (var i = 0; i < 100_000; i++)
            {
                write();
                if (i % 100 == 0)
                    await FlushAsync();
            }
        }
        catch (Libp2pException)
        {
            // The victim has had enough.
        }
        await ended.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Reads past everything until the answer to a ping.</summary>
    public async Task ReadToPongAsync(uint value)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var read = await link.Input.ReadAtLeastAsync(YamuxHeader.Size, patience.Token);
            Assert.True(read.Buffer.Length >= YamuxHeader.Size, "The victim ended the connection before it answered a ping.");
            Assert.True(YamuxHeader.TryRead(read.Buffer.Slice(0, YamuxHeader.Size).ToArray(), out var header, out var error), error);
            link.Input.AdvanceTo(read.Buffer.GetPosition(YamuxHeader.Size));
            if (header is { Type: YamuxType.Ping } && header.Has(YamuxFlags.Ack) && header.Length == value)
                return;
            if (header.Type == YamuxType.Data && header.Length > 0)
            {
                read = await link.Input.ReadAtLeastAsync((int)header.Length, patience.Token);
                link.Input.AdvanceTo(read.Buffer.GetPosition(header.Length));
            }
        }
    }

    /// <summary>Waits until the victim ends the connection, reading past what it says.</summary>
    public async Task ReadToEndAsync()
    {
        try
        {
            while (true)
            {
                var read = await link.Input.ReadAsync();
                link.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return;
            }
        }
        catch (Libp2pException)
        {
            // It was reset.
        }
    }

    /// <summary>Leaves without a word.</summary>
    public ValueTask DisposeAsync()
    {
        link.Abort();
        return ValueTask.CompletedTask;
    }
}
