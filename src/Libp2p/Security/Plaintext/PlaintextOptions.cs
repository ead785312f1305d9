namespace Libp2p.Security.Plaintext;

/// <summary>The settings of plaintext.</summary>
public sealed class PlaintextOptions
{
    /// <summary>
    /// As the dialler, sends the public key as js-libp2p of 2020 wants it: the key's whole protobuf in the place of its raw bytes. Peers
    /// that keep to the specification refuse that. A listener needs no setting: it answers in the form that the dialler used. Default false.
    /// </summary>
    public bool DialInFormOf2020 { get; set; }
}
