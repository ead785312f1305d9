using Microsoft.Extensions.Options;

namespace Libp2p.Hosting;

/// <summary>Says of every setting that makes no sense which one it is, and why.</summary>
internal sealed class Libp2pHostOptionsValidation : IValidateOptions<Libp2pHostOptions>
{
    public ValidateOptionsResult Validate(string? name, Libp2pHostOptions options)
    {
        var failures = new List<string>();
        Check(options.Listen, nameof(options.Listen), failures);
        Check(options.Announce, nameof(options.Announce), failures);
        Check(options.AppendAnnounce, nameof(options.AppendAnnounce), failures);
        if (options.KeyFile is { } file && string.IsNullOrWhiteSpace(file))
            failures.Add($"{Libp2pHostOptions.Section}:{nameof(options.KeyFile)} is empty: give a path, or leave it out.");
        if (options.MinPeers < 0)
            failures.Add($"{Libp2pHostOptions.Section}:{nameof(options.MinPeers)} is {options.MinPeers}: give 0 or more.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Check(IList<string> addresses, string name, List<string> failures)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            try
            {
                Multiaddress.Parse(addresses[i], null);
            }
            catch (FormatException e)
            {
                failures.Add($"{Libp2pHostOptions.Section}:{name}:{i} is \"{PrintableText.Escape(addresses[i], 128)}\": {e.Message}");
            }
        }
    }
}
