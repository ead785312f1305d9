using System.CommandLine;

namespace Tincan.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>Where the data lives.</summary>
    public static Option<string> Data() => new("--data")
    {
        Description = "Keep the identity in this folder instead of the platform's own",
        HelpName = "folder",
    };

    /// <summary>Whom to have nothing to do with.</summary>
    public static Option<string[]> Deny() => new("--deny")
    {
        Description = "Neither dial nor let in: a peer id, an IP address, a subnet such as 192.0.2.0/24, or all (again for more)",
        HelpName = "whom",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The exceptions to that.</summary>
    public static Option<string[]> Allow() => new("--allow")
    {
        Description = "An exception to --deny: the more specific of two decides, and a peer before any address (again for more)",
        HelpName = "whom",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The private network to be in.</summary>
    public static Option<string> SwarmKey() => new("--swarm-key")
    {
        Description = "Belong to the private network of this key file (swarm.key), and meet nobody else; over TCP alone",
        HelpName = "file",
    };

    /// <summary>Output for programs.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Write an event a line, as JSON" };

    /// <summary>How much is logged: once for what happens, twice for everything.</summary>
    public static Option<bool> Verbose() => new("-v", "--verbose")
    {
        Description = "Log to standard error; -vv logs more",
        Arity = ArgumentArity.Zero,
    };

    /// <summary>A file to log into.</summary>
    public static Option<string> Log() => new("--log") { Description = "Log into this file instead", HelpName = "file" };

    /// <summary>The address of a peer.</summary>
    public static Argument<string> Address() => new("address")
    {
        Description = "The peer, such as /ip4/192.0.2.1/tcp/4001/p2p/12D3Koo…; without /p2p/… whoever answers",
    };

    /// <summary>How many times a flag was given.</summary>
    public static int Count(ParseResult result, Option<bool> flag) => result.GetResult(flag)?.IdentifierTokenCount ?? 0;
}
