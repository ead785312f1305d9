namespace Libp2p.Tests.Crypto;

public sealed class ManagedCurveProviderTests : CurveProviderContract
{
    private protected override CurveProvider Provider => ManagedCurveProvider.Instance;
}
