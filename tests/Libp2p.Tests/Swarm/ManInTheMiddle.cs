using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Libp2p.Negotiation;
using Libp2p.Testing;

namespace Libp2p.Tests.Swarm;

/// <summary>
/// Somebody who holds both ends of a broken connection: he hears what each side says in the negotiation, tells the other what he
/// likes, and afterwards passes on what comes.
/// </summary>
sealed class ManInTheMiddle : IAsyncDisposable
{
    readonly LinkPair _near = new();
    readonly LinkPair _far = new();
    readonly Task _running;

    public ManInTheMiddle(Func<ManInTheMiddle, Task> attack) => _running = RunAsync(attack);

    /// <summary>The end of the side that dialled.</summary>
    public Link Dialer => _near.Dialer;

    /// <summary>The end of the side that was dialled.</summary>
    public Link Listener => _far.Listener;

    /// <summary>The next message of the dialler's negotiation.</summary>
    public Task<string> HearDialerAsync() => HearAsync(_near.Listener.Input);

    /// <summary>The next message of the listener's negotiation.</summary>
    public Task<string> HearListenerAsync() => HearAsync(_far.Dialer.Input);

    public Task TellDialerAsync(string message) => TellAsync(_near.Listener.Output, message);

    public Task TellListenerAsync(string message) => TellAsync(_far.Dialer.Output, message);

    /// <summary>Passes the greetings of both.</summary>
    public async Task GreetAsync()
    {
        await TellListenerAsync(await HearDialerAsync());
        await TellDialerAsync(await HearListenerAsync());
    }

    /// <summary>Breaks the connection.</summary>
    public void Cut()
    {
        _near.Listener.Abort();
        _far.Dialer.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _running;
        await _near.DisposeAsync();
        await _far.DisposeAsync();
    }

    async Task RunAsync(Func<ManInTheMiddle, Task> attack)
    {
        await Task.Yield();
        try
        {
            await attack(this);
            await Task.WhenAll(PassAsync(_near.Listener.Input, _far.Dialer.Output), PassAsync(_far.Dialer.Input, _near.Listener.Output));
        }
        catch (Exception e) when (e is Libp2pException or EndOfStreamException)
        {
            // One side has seen through it.
        }
        Cut();
    }

    static async Task PassAsync(PipeReader from, PipeWriter to)
    {
        await LinkRelay.AtMost(long.MaxValue)(from, to);
        await to.CompleteAsync();
    }

    static async Task<string> HearAsync(PipeReader input)
    {
        while (true)
        {
            var read = await input.ReadAsync();
            var buffer = read.Buffer;
            if (MultistreamCodec.TryRead(ref buffer, out var message) == MultistreamRead.Message)
            {
                var text = Encoding.UTF8.GetString(message.ToArray());
                input.AdvanceTo(buffer.Start);
                return text;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                throw new EndOfStreamException();
        }
    }

    static async Task TellAsync(PipeWriter output, string message)
    {
        MultistreamCodec.Write(output, Encoding.UTF8.GetBytes(message));
        await output.FlushAsync();
    }
}
