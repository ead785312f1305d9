using System.Runtime.InteropServices;

namespace Libp2p;

/// <summary>Owns an <c>EVP_MD_CTX</c> that is ready to sign; freeing it and the last copy wipes the key in it.</summary>
internal sealed class SigningContextHandle : SafeHandle
{
    public SigningContextHandle(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibCrypto.DigestContextFree(handle);
        return true;
    }
}
