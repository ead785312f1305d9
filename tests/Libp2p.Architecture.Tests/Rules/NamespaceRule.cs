using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Rules;

/// <summary>
/// The namespace is the folder. The contracts are flat, so that one using is enough; for the same reason what extends the
/// builder, a node or a host lives in <c>Libp2p</c> wherever its file is.
/// </summary>
internal static class NamespaceRule
{
    public static IEnumerable<string> Violations(IEnumerable<SourceFile> files)
    {
        foreach (var file in files.Where(f => f.Namespace is not null))
        {
            var folders = file.Folder.Split('/');
            var allowed = folders switch
            {
                ["src", "Libp2p.Core", ..] => ["Libp2p"],
                ["src", var project, .. var rooms] when file.Name.EndsWith("Extensions.cs", StringComparison.Ordinal) => ["Libp2p", Join([project, .. rooms])],
                ["src", var project, .. var rooms] => [Join([project, .. rooms])],
                // A namespace of that name would hide the type Identity from all that is under Libp2p.Tests.
                ["tests", "Libp2p.Core.Tests", "Identity"] => ["Libp2p.Tests.Identities"],
                ["tests", "Libp2p.Core.Tests", .. var rooms] => [Join(["Libp2p.Tests", .. rooms])],
                ["tests", var project, .. var rooms] => [Join([project, .. rooms])],
                ["apps", var project, .. var rooms] => [Join([project, .. rooms])],
                _ => Array.Empty<string>(),
            };
            if (allowed.Length > 0 && !allowed.Contains(file.Namespace, StringComparer.Ordinal))
                yield return $"{file.Path}: namespace {file.Namespace}, not {string.Join(" or ", allowed)}";
        }
    }

    private static string Join(IEnumerable<string> parts) => string.Join('.', parts);
}
