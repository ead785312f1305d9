using Libp2p;
using Tincan.Terminal;

namespace Tincan.Tests.Terminal;

public sealed class PeerColorsTests
{
    [Fact]
    public void A_peers_colour_is_the_same_in_every_process() =>
        Assert.Equal(31, PeerColors.Of(PeerId.Parse("12D3KooWSCufgHzV4fCwRijfH2k3abrpAJxTKxEvN1FDuRXA2U9x")));

    [Fact]
    public void Peers_differ()
    {
        var colors = Enumerable.Range(0, 200).Select(_ => PeerColors.Of(Identity.Generate().PeerId)).Distinct().Count();
        Assert.InRange(colors, 8, 16);
    }
}
