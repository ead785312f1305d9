using Libp2p.Security.Plaintext;
using Libp2p.Security.Secio;

namespace Libp2p.Fuzz.Tests.Targets;

internal static class SecurityTargets
{
    public static FuzzTarget PlaintextExchanges()
    {
        using var identity = Identity.Generate();
        return new(
            nameof(PlaintextExchanges),
            [PlaintextCodec.Encode(new PlaintextExchange(identity.PublicKey, false)), PlaintextCodec.Encode(new PlaintextExchange(identity.PublicKey, true))],
            input =>
            {
                if (!PlaintextCodec.TryDecode(input, out var exchange, out var error))
                {
                    FuzzViolation.Unless(!string.IsNullOrEmpty(error), "refuses without a reason");
                    return false;
                }
                FuzzViolation.Unless(
                    PlaintextCodec.TryDecode(PlaintextCodec.Encode(exchange), out var again, out _) && again == exchange, "does not read back what it writes");
                return true;
            })
        { Iterations = 100_000, AllocationPerByte = 256 };
    }

    public static FuzzTarget SecioMessages() => new(
        nameof(SecioMessages),
        [
            SecioCodec.Encode(new SecioProposal(new byte[16], new byte[36], SecioSuite.Exchanges, SecioSuite.Ciphers, SecioSuite.Hashes)),
            SecioCodec.Encode(new SecioExchange(new byte[65], new byte[64])),
        ],
        input =>
        {
            var isExchange = SecioCodec.TryDecode(input, out SecioExchange? exchange);
            if (isExchange)
            {
                FuzzViolation.Unless(
                    SecioCodec.TryDecode(SecioCodec.Encode(exchange!), out SecioExchange? again)
                    && again.EphemeralKey.AsSpan().SequenceEqual(exchange!.EphemeralKey) && again.Signature.AsSpan().SequenceEqual(exchange.Signature),
                    "does not read back what it writes");
            }
            if (!SecioCodec.TryDecode(input, out SecioProposal? proposal))
                return isExchange;
            var ours = new SecioProposal(new byte[16], new byte[36], SecioSuite.Exchanges, SecioSuite.Ciphers, SecioSuite.Hashes);
            var here = SecioSuite.Select(ours, proposal, out var error);
            var there = SecioSuite.Select(proposal, ours, out _);
            FuzzViolation.Unless((here is null) == (error is not null), "finds nothing without a reason, or something with one");
            FuzzViolation.Unless(here == (there is null ? null : there with { IsLocalPreferred = !there.IsLocalPreferred }), "chooses differently on the two sides");
            return true;
        })
    { Iterations = 100_000, FixedAllocation = 32 * 1024, AllocationPerByte = 512 };
}
