namespace Libp2p;

/// <summary>The hash functions that have a name here, by their code in the multicodec table. Others are kept by their number.</summary>
public enum MultihashCode : ulong
{
    /// <summary>No hash: the digest is the data itself.</summary>
    Identity = 0x00,

    /// <summary>SHA-1, 20 bytes.</summary>
    Sha1 = 0x11,

    /// <summary>SHA-256, 32 bytes.</summary>
    Sha2_256 = 0x12,

    /// <summary>SHA-512, 64 bytes.</summary>
    Sha2_512 = 0x13,

    /// <summary>SHA3-512, 64 bytes.</summary>
    Sha3_512 = 0x14,

    /// <summary>SHA3-384, 48 bytes.</summary>
    Sha3_384 = 0x15,

    /// <summary>SHA3-256, 32 bytes.</summary>
    Sha3_256 = 0x16,

    /// <summary>SHA3-224, 28 bytes.</summary>
    Sha3_224 = 0x17,

    /// <summary>BLAKE3.</summary>
    Blake3 = 0x1e,

    /// <summary>SHA-384, 48 bytes.</summary>
    Sha2_384 = 0x20,

    /// <summary>BLAKE2b with 32 bytes.</summary>
    Blake2b_256 = 0xb220,
}
