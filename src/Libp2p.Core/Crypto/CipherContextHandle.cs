using System.Runtime.InteropServices;

namespace Libp2p;

/// <summary>Owns an <c>EVP_CIPHER_CTX</c>; freeing it wipes the key in it.</summary>
internal sealed class CipherContextHandle : SafeHandle
{
    public CipherContextHandle()
        : base(0, ownsHandle: true)
    {
        SetHandle(LibCrypto.CipherContextNew());
        if (IsInvalid)
            throw LibCrypto.TakeError("creating a cipher context");
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibCrypto.CipherContextFree(handle);
        return true;
    }
}
