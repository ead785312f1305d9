using System.Text;
using Libp2p.Security.PrivateNetwork;

namespace Libp2p.Fuzz.Tests.Targets;

internal static class PrivateNetworkTargets
{
    public static FuzzTarget KeyFile() => new(
        nameof(KeyFile),
        [
            Encoding.ASCII.GetBytes(PrivateNetworkKeyCodec.Write(new byte[32])),
            [.. "/key/swarm/psk/1.0.0/\n/base64/\n"u8, .. Encoding.ASCII.GetBytes(Convert.ToBase64String(new byte[32]))],
            [.. "/key/swarm/psk/1.0.0/\r\n/bin/\n"u8, .. new byte[32]],
        ],
        input =>
        {
            if (!PrivateNetworkKeyCodec.TryRead(input, out var key, out var error))
            {
                FuzzViolation.Unless(!string.IsNullOrEmpty(error), "refuses without a reason");
                return false;
            }
            FuzzViolation.Unless(
                key.Length == 32 && PrivateNetworkKeyCodec.TryRead(Encoding.ASCII.GetBytes(PrivateNetworkKeyCodec.Write(key)), out var again, out _) && again.AsSpan().SequenceEqual(key),
                "does not read back what it writes");
            return true;
        })
    { Iterations = 100_000, MaxLength = 128 };
}
