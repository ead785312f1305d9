using Libp2p.Security.Noise;
using Libp2p.Testing;
using Libp2p.Tests.Security.Noise;
using Libp2p.Transports.Memory;

namespace Libp2p.Attack.Tests.Advisories;

/// <summary>Failures that other stacks have had by believing who a peer said it was. The advisory is in the name.</summary>
public class IdentityAdvisoryTests
{
    public static IEnumerable<TheoryDataRow<KeyType>> KeyTypes => Enum.GetValues<KeyType>().Select(type => new TheoryDataRow<KeyType>(type));

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void CVE_2019_15545_GHSA_j3ff_xp6c_6gcc_a_wrong_or_missing_signature_is_refused(KeyType type)
    {
        using var key = PrivateKey.Generate(type);
        using var other = PrivateKey.Generate(type);
        var signature = key.Sign("signed"u8);
        Assert.True(key.PublicKey.Verify("signed"u8, signature));
        Assert.False(key.PublicKey.Verify("signed"u8, []));
        Assert.False(key.PublicKey.Verify("other"u8, signature));
        Assert.False(other.PublicKey.Verify("signed"u8, signature));
        for (var i = 0; i < signature.Length; i += 7)
        {
            var changed = signature.ToArray();
            changed[i] ^= 1;
            Assert.False(key.PublicKey.Verify("signed"u8, changed), $"The signature holds with bit 0 of byte {i} changed.");
        }
    }

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public async Task CVE_2022_24759_a_noise_handshake_with_a_wrong_or_missing_signature_is_refused(KeyType type)
    {
        using var claimed = Identity.Generate(type);
        using var other = Identity.Generate(type);
        Func<NoisePayload, NoisePayload>[] lies =
        [
            honest => new NoisePayload { IdentityKey = honest.IdentityKey },
            honest => new NoisePayload { IdentityKey = honest.IdentityKey, IdentitySignature = new byte[honest.IdentitySignature.Length] },
            honest => new NoisePayload { IdentityKey = other.PublicKey.Encoded, IdentitySignature = honest.IdentitySignature },
            honest => new NoisePayload { IdentitySignature = honest.IdentitySignature },
        ];
        foreach (var lie in lies)
        {
            await using var links = new LinkPair();
            using var victim = Identity.Generate();
            using var liar = new ScriptedPeer(links.Dialer, Role.Dialer);
            var answering = new NoiseProtocol().SecureAsync(links.Listener, new HandshakeContext(victim, Role.Listener, null, []), CancellationToken.None).AsTask();
            await liar.SayAsync([]);
            await liar.HearAsync();
            await liar.SayAsync(lie(liar.Honest(claimed)));
            var refusal = await Assert.ThrowsAsync<Libp2pException>(() => answering.WaitAsync(TimeSpan.FromSeconds(30)));
            Assert.Equal(Libp2pError.HandshakeFailed, refusal.Error);
        }
    }

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void GHSA_wc36_xgcc_jwpr_js_libp2p_3569_a_peer_record_of_another_peer_is_refused(KeyType type)
    {
        using var signer = Identity.Generate(type);
        using var victim = Identity.Generate(type);
        var own = new PeerRecord(signer.PeerId, 1, []);
        var stolen = new PeerRecord(victim.PeerId, 1, []);
        Assert.True(PeerRecord.TryOpen(Seal(signer, own), out _, out var error), error);
        Assert.False(PeerRecord.TryOpen(Seal(signer, stolen), out _, out error));
        Assert.NotEmpty(error!);
    }

    [Theory]
    [InlineData("/ip4/127.0.0.1/tcp/0")]
    [InlineData("/memory/0")]
    public async Task A_peer_that_answers_is_compared_with_the_one_that_was_dialled_before_any_protocol_runs(string listen)
    {
        var network = new MemoryNetwork();
        await using var listener = await Start(network).Listen(listen).StartAsync();
        await using var dialer = await Start(network).StartAsync();
        using var handler = listener.Handle("/test/1", (_, _) => throw new InvalidOperationException("A protocol ran for the wrong peer."));
        using var wanted = Identity.Generate();
        var address = Multiaddress.Parse($"{listener.ListenAddresses[0]}/p2p/{wanted.PeerId}");
        var failure = await Assert.ThrowsAsync<DialException>(() => dialer.ConnectAsync(address).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(Libp2pError.PeerIdMismatch, Assert.Single(failure.Attempts).Error);
        Assert.Empty(dialer.Connections);
        Assert.Empty(listener.Connections);
    }

    static NodeBuilder Start(MemoryNetwork network) => Libp2pNode.CreateBuilder().UseTcp().UseMemory(network).UseNoise().UseYamux();

    static byte[] Seal(Identity signer, PeerRecord record) => SignedEnvelope.Seal(signer, PeerRecord.Domain, PeerRecord.PayloadType, record.Encoded.Span).Encode();
}
