namespace Libp2p.Attack.Tests.Support;

/// <summary>One way to harm a node.</summary>
/// <param name="Name">What it is called in the report of a run.</param>
/// <param name="RunAsync">Does it. A newcomer may be let in by calling the second argument, in the middle of it.</param>
sealed record AttackCase(string Name, Func<Field, Func<Task>, Task> RunAsync)
{
    public override string ToString() => Name;
}
