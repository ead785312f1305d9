using System.Security.Cryptography;
using System.Text;
using Libp2p.Security.PrivateNetwork;
using Libp2p.Testing;

namespace Libp2p.Tests.Security.PrivateNetwork;

public class PrivateLinkTests
{
    static readonly PrivateNetworkKey Key = PrivateNetworkKey.Generate();

    [Fact]
    public async Task Large_data_passes_both_ways_at_once()
    {
        var pool = new BufferPool();
        await using (var links = new LinkPair(pool))
        {
            var (dialer, listener) = (new PrivateLink(links.Dialer, Key), new PrivateLink(links.Listener, Key));
            var (there, back) = (TestRandom.Bytes(3_000_003, 1), TestRandom.Bytes(2_000_011, 2));
            var (atListener, atDialer) = (PipeTransfer.HashToEndAsync(listener.Input), PipeTransfer.HashToEndAsync(dialer.Input));
            await Task.WhenAll(PipeTransfer.SendAsync(dialer.Output, there, 3, complete: true), PipeTransfer.SendAsync(listener.Output, back, 4, complete: true)).WaitAsync(PipeTransfer.Alive);
            Assert.Equal(SHA256.HashData(there), (await atListener).Hash);
            Assert.Equal(SHA256.HashData(back), (await atDialer).Hash);
        }
        Assert.Equal(0, pool.RentedBytes);
    }

    [Fact]
    public async Task What_is_only_examined_is_decrypted_once()
    {
        await using var links = new LinkPair();
        var (dialer, listener) = (new PrivateLink(links.Dialer, Key), new PrivateLink(links.Listener, Key));
        foreach (var word in (string[])["one", "two", "three"])
        {
            await dialer.Output.WriteAsync(Encoding.ASCII.GetBytes(word));
            var read = await listener.Input.ReadAsync();
            var consumed = read.Buffer.GetPosition(word == "two" ? 2 : 0);
            listener.Input.AdvanceTo(consumed, word == "three" ? consumed : read.Buffer.End);
        }
        Assert.Equal("etwothree"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(listener.Input, 9));
    }

    [Fact]
    public async Task The_link_beneath_carries_a_nonce_and_nothing_to_know_it_by()
    {
        await using var links = new LinkPair();
        var dialer = new PrivateLink(links.Dialer, Key);
        await dialer.Output.WriteAsync("\u0013/multistream/1.0.0\n"u8.ToArray());
        var sent = await PipeTransfer.ReadExactlyAsync(links.Listener.Input, Salsa20.ExtendedNonceLength + 20);
        var cipher = Salsa20.CreateExtended(Key.Bytes, sent.AsSpan(0, Salsa20.ExtendedNonceLength));
        var text = sent[Salsa20.ExtendedNonceLength..];
        Assert.NotEqual("\u0013/multistream/1.0.0\n"u8.ToArray(), text);
        cipher.Apply(text);
        Assert.Equal("\u0013/multistream/1.0.0\n"u8.ToArray(), text);
        // A nonce is never the same twice.
        var again = new PrivateLink(links.Dialer, Key);
        await again.Output.WriteAsync(new byte[1]);
        Assert.NotEqual(sent[..24], (await PipeTransfer.ReadExactlyAsync(links.Listener.Input, 25))[..24]);
    }

    [Theory]
    [InlineData("\u0013/multistream/1.0.0\n\u0007/noise\n", Libp2pError.HandshakeFailed, "no private network")]
    [InlineData("half a nonce", Libp2pError.ConnectionClosed, "another network")]
    [InlineData("", Libp2pError.ConnectionClosed, "another network")]
    public async Task Who_has_no_key_is_told_apart(string sent, Libp2pError error, string message)
    {
        await using var links = new LinkPair();
        var listener = new PrivateLink(links.Listener, Key);
        await links.Dialer.Output.WriteAsync(Encoding.Latin1.GetBytes(sent));
        await links.Dialer.Output.CompleteAsync();
        var failure = await Assert.ThrowsAsync<Libp2pException>(async () => await listener.Input.ReadAsync());
        Assert.Equal(error, failure.Error);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }
}
