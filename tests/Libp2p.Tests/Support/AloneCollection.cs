namespace Libp2p.Tests.Support;

/// <summary>Tests that count what the whole process does, such as its allocations, and so run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
