using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Libp2p.Hosting;

/// <summary>Reads the section by hand: the general binder looks types up at run time, and passes over what it does not know.</summary>
internal sealed class Libp2pHostOptionsConfiguration(IConfiguration? configuration = null) : IConfigureOptions<Libp2pHostOptions>
{
    public void Configure(Libp2pHostOptions options)
    {
        if (configuration?.GetSection(Libp2pHostOptions.Section) is not { } section)
            return;
        var unknown = new List<string>();
        foreach (var setting in section.GetChildren())
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "LISTEN":
                    Replace(options.Listen, setting);
                    break;
                case "ANNOUNCE":
                    Replace(options.Announce, setting);
                    break;
                case "APPENDANNOUNCE":
                    Replace(options.AppendAnnounce, setting);
                    break;
                case "KEYFILE":
                    options.KeyFile = setting.Value;
                    break;
                case "MINPEERS":
                    options.MinPeers = int.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                        ? count
                        : throw Refuse($"{setting.Path} is \"{setting.Value}\": give a whole number, such as 1.");
                    break;
                default:
                    unknown.Add(setting.Path);
                    break;
            }
        }
        if (unknown.Count > 0)
            throw Refuse($"{string.Join(", ", unknown)}: there is no such setting. There are Listen, Announce, AppendAnnounce, KeyFile, MinPeers.");
    }

    private static OptionsValidationException Refuse(string message) => new(Options.DefaultName, typeof(Libp2pHostOptions), [message]);

    /// <summary>A list, or one value where a list has but one.</summary>
    private static void Replace(IList<string> list, IConfigurationSection setting)
    {
        string?[] values = setting.Value is { } single ? [single] : [.. setting.GetChildren().Select(c => c.Value)];
        list.Clear();
        foreach (var value in values)
            list.Add(value ?? "");
    }
}
