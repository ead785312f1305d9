namespace Libp2p;

/// <summary>What the content behind a <see cref="Cid"/> is, for the codes that have a name here. Others are kept by their number.</summary>
public enum CidCodec : ulong
{
    /// <summary>Raw bytes.</summary>
    Raw = 0x55,

    /// <summary>A MerkleDAG node in protobuf: what every CID of version 0 points to.</summary>
    DagPb = 0x70,

    /// <summary>A MerkleDAG node in CBOR.</summary>
    DagCbor = 0x71,

    /// <summary>A public key of libp2p: a peer id written as a CID (peer-ids specification).</summary>
    Libp2pKey = 0x72,

    /// <summary>A MerkleDAG node in JSON.</summary>
    DagJson = 0x0129,
}
