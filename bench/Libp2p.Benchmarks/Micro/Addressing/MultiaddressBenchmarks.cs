using BenchmarkDotNet.Attributes;

namespace Libp2p.Benchmarks.Micro.Addressing;

[MemoryDiagnoser]
public class MultiaddressBenchmarks
{
    private byte[] _bytes = [];

    [Params(
        "/ip4/127.0.0.1/tcp/4001",
        "/dns4/node.example.com/tcp/443/wss/p2p/12D3KooWGbB4eAR93BdLspesU7U237Jw4RcuJSe1QM7Q8MbupttP",
        "/ip6/2001:db8::1/udp/4001/quic-v1/p2p/12D3KooWGbB4eAR93BdLspesU7U237Jw4RcuJSe1QM7Q8MbupttP/p2p-circuit")]
    public string Text { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _bytes = Multiaddress.Parse(Text).Bytes.ToArray();

    [Benchmark]
    public Multiaddress Parse() => Multiaddress.Parse(Text);

    [Benchmark]
    public Multiaddress? Decode()
    {
        Multiaddress.TryDecode(_bytes, out var address);
        return address;
    }

    [Benchmark]
    public string DecodeAndFormat()
    {
        Multiaddress.TryDecode(_bytes, out var address);
        return address!.ToString();
    }
}
