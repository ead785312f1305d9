namespace Libp2p.TransportInterop;

/// <summary>Whose test is run: it decides the names of the variables, where the address is left, and how a result is written.</summary>
internal enum TestPlan
{
    /// <summary><c>transport-interop</c> of libp2p/test-plans.</summary>
    TransportInterop,

    /// <summary>The transport tests of libp2p/unified-testing, which came after it.</summary>
    UnifiedTesting,
}
