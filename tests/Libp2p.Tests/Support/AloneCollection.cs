namespace Libp2p.Tests.Support;

/// <summary>
/// Tests that run while no other does: those that count what the whole process does, such as its allocations, and those in virtual
/// time, whose clock moves on when the process has nothing to do and would run away from them where it always has.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
