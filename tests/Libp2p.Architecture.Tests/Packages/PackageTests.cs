using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using Libp2p.Architecture.Tests.Sources;

namespace Libp2p.Architecture.Tests.Packages;

/// <summary>What <c>dotnet pack</c> makes: each package has its documentation, its front page and its symbols, and depends on what its users need.</summary>
public sealed class PackageTests
{
    private static readonly Dictionary<string, string[]> Dependencies = new()
    {
        ["Libp2p.Core"] = ["Google.Protobuf", "Microsoft.Extensions.Logging.Abstractions"],
        ["Libp2p"] = ["Google.Protobuf", "Libp2p.Core"],
        ["Libp2p.Hosting"] =
        [
            "Libp2p", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Diagnostics.HealthChecks",
            "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Options",
        ],
        ["Libp2p.Sqlite"] = ["Libp2p.Core", "Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.bundle_e_sqlite3"],
        ["Libp2p.Testing"] = ["Libp2p", "xunit.v3.assert", "xunit.v3.extensibility.core"],
    };

    /// <summary>What comes with these anyway: versions are pinned centrally, and a pinned one is named in the package.</summary>
    private static readonly string[] Carried =
    [
        "Google.Protobuf", "Libp2p.Core", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options",
        "SQLitePCLRaw.core",
    ];

    [Fact]
    public async Task Packages_have_what_their_users_need()
    {
        var folder = Directory.CreateTempSubdirectory("libp2p-packages-");
        try
        {
            await PackAsync(folder.FullName);
            Report.None(Violations(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_missing_package_is_seen()
    {
        var folder = Directory.CreateTempSubdirectory("libp2p-packages-");
        try
        {
            Assert.Equal(Dependencies.Count, Violations(folder.FullName).Count());
            using (ZipFile.Open(Path.Combine(folder.FullName, "Libp2p.1.0.0.nupkg"), ZipArchiveMode.Create))
            {
            }
            Assert.Contains("Libp2p: lib/net10.0/Libp2p.xml is missing from the package", Violations(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> Violations(string folder)
    {
        foreach (var (name, dependencies) in Dependencies)
        {
            var package = Directory.GetFiles(folder, name + ".*.nupkg").SingleOrDefault(f => char.IsDigit(Path.GetFileName(f)[name.Length + 1]));
            if (package is null)
            {
                yield return $"{name}: there is no package";
                continue;
            }
            using var archive = ZipFile.OpenRead(package);
            string[] wanted = [$"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml", "README.md", $"{name}.nuspec"];
            foreach (var entry in wanted.Where(e => archive.GetEntry(e) is null))
                yield return $"{name}: {entry} is missing from the package";
            if (archive.GetEntry($"{name}.nuspec") is { } nuspec)
            {
                foreach (var violation in Check(name, XDocument.Load(nuspec.Open()), dependencies))
                    yield return violation;
            }
            var symbols = Path.ChangeExtension(package, ".snupkg");
            if (!File.Exists(symbols))
            {
                yield return $"{name}: there is no symbol package";
                continue;
            }
            using var symbolArchive = ZipFile.OpenRead(symbols);
            if (symbolArchive.GetEntry($"lib/net10.0/{name}.pdb") is null)
                yield return $"{name}: {name}.pdb is missing from the symbol package";
        }
    }

    private static IEnumerable<string> Check(string name, XDocument nuspec, string[] dependencies)
    {
        var space = nuspec.Root!.Name.Namespace;
        var metadata = nuspec.Root.Element(space + "metadata")!;
        foreach (var (element, value) in new[] { ("license", "MIT"), ("readme", "README.md"), ("id", name) })
        {
            if (metadata.Element(space + element)?.Value != value)
                yield return $"{name}: its {element} is not {value}";
        }
        if (metadata.Element(space + "description")?.Value is not { Length: > 40 })
            yield return $"{name}: it has no description";
        var actual = metadata.Descendants(space + "dependency").Select(d => d.Attribute("id")!.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var missing in dependencies.Where(d => !actual.Contains(d)))
            yield return $"{name}: it does not depend on {missing}";
        foreach (var extra in actual.Except([.. dependencies, .. Carried], StringComparer.Ordinal))
            yield return $"{name}: it depends on {extra}, which its users do not need";
    }

    /// <summary>Packs what is built already, in the configuration of these tests.</summary>
    private static async Task PackAsync(string folder)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Name;
        foreach (var project in Dependencies.Keys)
        {
            var path = Directory.GetFiles(Path.Combine(Repository.Root, project == "Libp2p.Testing" ? "tests" : "src", project), "*.csproj").Single();
            var start = new ProcessStartInfo("dotnet", ["pack", path, "--no-build", "--no-restore", "-c", configuration, "-o", folder, "--nologo", "-v", "quiet"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
                WorkingDirectory = Repository.Root,
            };
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"dotnet pack {project}: {output}");
        }
    }
}
