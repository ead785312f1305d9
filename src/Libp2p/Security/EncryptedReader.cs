using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Security;

/// <summary>Reads a secured link: what it opens, until the link ends.</summary>
internal abstract class EncryptedReader(EncryptedLink link, PipeReader inner, MemoryPool<byte> pool, int limit) : LinearPipeReader(pool, limit)
{
    /// <summary>Whose input this is.</summary>
    protected EncryptedLink Link => link;

    /// <summary>The input of the link below.</summary>
    protected PipeReader Inner => inner;

    /// <inheritdoc/>
    /// <remarks>After the end of the link, what was opened before is not given any more: it may be cut anywhere.</remarks>
    public override bool TryRead(out ReadResult result)
    {
        if (link.Failure is { } failure)
            throw failure;
        return base.TryRead(out result);
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        base.Complete(exception);
        inner.Complete(exception);
    }
}
