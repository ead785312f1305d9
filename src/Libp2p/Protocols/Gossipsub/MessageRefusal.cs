namespace Libp2p.Protocols.Gossipsub;

/// <summary>Why a message is refused before anybody judges its content.</summary>
internal enum MessageRefusal
{
    None,

    /// <summary>It is no message, or a field has a form that none may have.</summary>
    Malformed,

    /// <summary>Its content is larger than the options allow.</summary>
    TooLarge,

    /// <summary>The policy wants a signature, an author or a number that is not there.</summary>
    Unsigned,

    /// <summary>The policy wants no author, number or signature, and there is one.</summary>
    Signed,

    /// <summary>The key is not the author's.</summary>
    WrongKey,

    /// <summary>The signature is not the key's.</summary>
    WrongSignature,

    /// <summary>By the topic's rule it has no id.</summary>
    NoId,

    /// <summary>This node takes nothing of its author; whoever passed it on is not to blame.</summary>
    Blocked,

    /// <summary>This node wrote it; nobody is to blame.</summary>
    OwnMessage,
}
