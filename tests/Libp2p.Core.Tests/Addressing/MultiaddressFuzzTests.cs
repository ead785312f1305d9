using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Addressing;

/// <summary>Random and damaged input: nothing throws, and what reads comes back the same in both forms.</summary>
public class MultiaddressFuzzTests
{
    const int Rounds = 100_000;

    static readonly string[] Seeds =
    [
        "/ip4/127.0.0.1/tcp/1234/ws/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC",
        "/ip6zone/eth0/ip6/fe80::5efe:1.2.3.4/udp/1/quic-v1/webtransport/certhash/uAAEB/p2p/12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV",
        "/dns4/example.com/tcp/443/tls/sni/example.com/http/http-path/a%2Fb",
        "/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:1234/onion/aaimaq4ygg2iegci:80",
        "/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzuq/memory/5/ip4/1.2.3.4/ipcidr/8/unix/a/b",
    ];

    [Fact]
    public void Damaged_bytes()
    {
        var random = TestRandom.Create();
        var seeds = Seeds.Select(seed => Multiaddress.Parse(seed).Bytes.ToArray()).ToArray();
        var decoded = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Damage(random, seeds[random.Next(seeds.Length)], () => (byte)random.Next(256));
            decoded += Check(bytes) ? 1 : 0;
        }

        Assert.InRange(decoded, Rounds / 100, Rounds);
    }

    [Fact]
    public void Random_parts_of_every_protocol()
    {
        var random = TestRandom.Create();
        var decoded = new HashSet<MultiaddressProtocol>();
        for (var round = 0; round < Rounds; round++)
        {
            var protocol = MultiaddressProtocols.All[random.Next(MultiaddressProtocols.All.Count)];
            var length = protocol.Bits / 8 ?? (protocol == MultiaddressProtocols.Garlic64 ? 386 + random.Next(20) : random.Next(1, 40));
            var value = random.Bytes(length);
            if (protocol.Bits is null && random.Next(2) == 0)
            {
                for (var i = 0; i < length; i++)
                    value[i] = (byte)('.' + (value[i] % 70));
            }

            if (protocol == MultiaddressProtocols.P2p || protocol == MultiaddressProtocols.CertHash)
                value = Multihash.FromDigest(MultihashCode.Identity, value).Bytes.ToArray();
            var bytes = new byte[20 + value.Length];
            var at = Varint.Write(bytes, (ulong)protocol.Code);
            if (protocol.Bits is null)
                at += Varint.Write(bytes.AsSpan(at), (ulong)value.Length);
            value.CopyTo(bytes, at);
            if (Check(bytes[..(at + value.Length)]))
                decoded.Add(protocol);
        }

        // A zone alone is no address; every other protocol must have been seen to come back.
        Assert.Equal([MultiaddressProtocols.Ip6Zone], MultiaddressProtocols.All.Except(decoded));
    }

    [Fact]
    public void Damaged_text()
    {
        var random = TestRandom.Create();
        const string Characters = "/:.%0123456789abcdefzQm \n\u00e4\ud83d";
        var parsed = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var text = new string(Damage(random, Seeds[random.Next(Seeds.Length)].ToCharArray(), () => Characters[random.Next(Characters.Length)]));
            if (Multiaddress.TryParse(text, out var address, out var error))
            {
                parsed++;
                Assert.True(Check(address.Bytes.ToArray()), text);
            }
            else
            {
                Assert.DoesNotContain(error, char.IsControl);
            }
        }

        Assert.InRange(parsed, Rounds / 100, Rounds);
    }

    static bool Check(byte[] bytes)
    {
        if (!Multiaddress.TryDecode(bytes, out var address, out var error))
        {
            Assert.NotEmpty(error);
            return false;
        }

        Assert.Equal(bytes, address.Bytes.ToArray());
        var text = address.ToString();
        Assert.True(Multiaddress.TryParse(text, out var parsed, out error), $"{Convert.ToHexString(bytes)}: {error}");
        Assert.True(address == parsed, text);
        Assert.Equal(text, parsed.ToString());
        _ = address.Scope;
        _ = address.TryGetEndPoint(out _);
        _ = address.TryGetPeerIdBytes(out _);
        return true;
    }

    static T[] Damage<T>(Random random, T[] seed, Func<T> next)
    {
        var damaged = seed.ToList();
        for (var i = random.Next(1, 4); i > 0 && damaged.Count > 0; i--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(4))
            {
                case 0:
                    damaged[at] = next();
                    break;
                case 1:
                    damaged.Insert(at, next());
                    break;
                case 2:
                    damaged.RemoveAt(at);
                    break;
                default:
                    damaged.RemoveRange(at, random.Next(damaged.Count - at));
                    break;
            }
        }

        return [.. damaged];
    }
}
