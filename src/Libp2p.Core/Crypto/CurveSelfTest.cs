namespace Libp2p;

/// <summary>Known answers from the standards that a provider must give before the process relies on it.</summary>
internal static class CurveSelfTest
{
    /// <summary>Runs every operation once, and each rejection once.</summary>
    public static bool Passes(CurveProvider provider)
    {
        // RFC 8032 §7.1, test 2.
        var seed = Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        var key = Convert.FromHexString("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        var expected = Convert.FromHexString(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        ReadOnlySpan<byte> message = [0x72];
        Span<byte> made = stackalloc byte[64];
        provider.Ed25519PublicKey(seed, made[..32]);
        if (!made[..32].SequenceEqual(key))
            return false;
        provider.Ed25519Sign(seed, key, message, made);
        if (!made.SequenceEqual(expected) || !provider.Ed25519Verify(key, message, made))
            return false;
        using (var prepared = provider.PrepareEd25519(seed, key))
        {
            made.Clear();
            prepared.Sign(message, made);
            if (!made.SequenceEqual(expected))
                return false;
        }
        made[0] ^= 1;
        if (provider.Ed25519Verify(key, message, made))
            return false;

        // RFC 7748 §6.1.
        var alice = Convert.FromHexString("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        var alicePublic = Convert.FromHexString("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        var bobPublic = Convert.FromHexString("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
        var shared = Convert.FromHexString("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
        provider.X25519PublicKey(alice, made[..32]);
        if (!made[..32].SequenceEqual(alicePublic))
            return false;
        if (!provider.X25519Agree(alice, bobPublic, made[..32]) || !made[..32].SequenceEqual(shared))
            return false;
        return !provider.X25519Agree(alice, new byte[32], made[..32]);
    }
}
