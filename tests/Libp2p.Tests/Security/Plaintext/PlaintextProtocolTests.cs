using Libp2p.Security.Plaintext;
using Libp2p.Testing;

namespace Libp2p.Tests.Security.Plaintext;

public sealed class PlaintextProtocolTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_listener_answers_in_the_form_that_it_is_spoken_to(bool isInFormOf2020)
    {
        await using var links = new LinkPair();
        using var dialer = Identity.Generate(KeyType.Rsa);
        using var listener = Identity.Generate();
        var securing = SecureAsync(links.Listener, listener);
        await LengthPrefixed.WriteAsync(links.Dialer.Output, PlaintextCodec.Encode(new PlaintextExchange(dialer.PublicKey, isInFormOf2020)));
        var answer = await LengthPrefixed.ReadAsync(links.Dialer.Input, PlaintextCodec.MaxLength).AsTask().WaitAsync(PipeTransfer.Alive);
        Assert.True(PlaintextCodec.TryDecode(answer, out var read, out _));
        Assert.Equal(new PlaintextExchange(listener.PublicKey, isInFormOf2020), read);
        Assert.Equal(dialer.PeerId, (await securing.WaitAsync(PipeTransfer.Alive)).RemotePeer);
    }

    [Fact]
    public async Task A_dialler_and_a_listener_of_ours_agree_in_the_form_of_2020()
    {
        await using var links = new LinkPair();
        using var dialer = Identity.Generate();
        using var listener = Identity.Generate();
        var dialing = new PlaintextProtocol(new PlaintextOptions { DialInFormOf2020 = true })
            .SecureAsync(links.Dialer, new HandshakeContext(dialer, Role.Dialer, listener.PeerId, []), CancellationToken.None).AsTask();
        var listening = SecureAsync(links.Listener, listener);
        Assert.Equal(listener.PeerId, (await dialing.WaitAsync(PipeTransfer.Alive)).RemotePeer);
        Assert.Equal(dialer.PeerId, (await listening.WaitAsync(PipeTransfer.Alive)).RemotePeer);
    }

    [Theory]
    [InlineData("0100")]
    [InlineData("00")]
    [InlineData("FFFFFF0F")]
    public async Task What_is_no_exchange_is_refused(string hex)
    {
        await using var links = new LinkPair();
        using var listener = Identity.Generate();
        var securing = SecureAsync(links.Listener, listener);
        await links.Dialer.Output.WriteAsync(Convert.FromHexString(hex));
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => securing.WaitAsync(PipeTransfer.Alive));
        Assert.Equal(Libp2pError.HandshakeFailed, failure.Error);
    }

    static Task<SecureLink> SecureAsync(Link link, Identity identity) =>
        new PlaintextProtocol().SecureAsync(link, new HandshakeContext(identity, Role.Listener, null, []), CancellationToken.None).AsTask();
}
