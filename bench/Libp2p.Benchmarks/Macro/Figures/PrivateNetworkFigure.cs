using Libp2p.Benchmarks.Macro.Processes;
using Libp2p.Security.PrivateNetwork;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>
/// One stream within a private network, both ways, and against the same outside of it: what the second cipher costs. The limit is a
/// socket with both ciphers.
/// </summary>
internal sealed class PrivateNetworkFigure : IFigure
{
    public string Name => "throughput-pnet";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        Row[] within = [new("pnet: one stream, up", "MB/s"), new("pnet: one stream, down", "MB/s")];
        Row[] against =
        [
            new("pnet: against the same without, up", "ratio") { Gate = [new(0.75)] },
            new("pnet: against the same without, down", "ratio") { Gate = [new(0.75)] },
        ];
        var file = Path.GetTempFileName();
        List<(Pair Outside, Pair Inside, long Bytes)> pairs = [];
        try
        {
            await File.WriteAllTextAsync(file, PrivateNetworkKey.Generate().Export());
            foreach (var side in run.All)
            {
                var (outside, inside) = (await Pair.ConnectAsync(side, new Stack()), await Pair.ConnectAsync(side, new Stack(SwarmKey: file)));
                await run.WarmUpAsync(outside);
                pairs.Add((outside, inside, await run.WarmUpAsync(inside)));
            }
            for (var round = 1; round <= run.Rounds; round++)
            {
                foreach (var (outside, inside, bytes) in pairs)
                {
                    Measurement.Log($"  round {round}: {inside.Side}");
                    for (var way = 0; way < 2; way++)
                    {
                        var without = (await outside.TransferAsync(bytes, up: way == 0)).Rate;
                        var with = (await inside.TransferAsync(bytes, up: way == 0)).Rate;
                        within[way].Add(inside.Side, with);
                        against[way].Add(inside.Side, with / without);
                    }
                }
            }
        }
        finally
        {
            foreach (var (outside, inside, _) in pairs)
            {
                await outside.DisposeAsync();
                await inside.DisposeAsync();
            }
            File.Delete(file);
        }
        return [.. within, .. against];
    }
}
