using System.CommandLine;
using Libp2p;

namespace Tincan.Commands;

/// <summary><c>tincan key</c>: the identity.</summary>
internal static class KeyCommand
{
    private const int MaxImportLength = 16 * 1024;

    /// <summary>Builds it.</summary>
    public static Command Create() => new("key", "The identity: who others know this chat as") { Show(), New(), Export(), Import() };

    private static Command Show()
    {
        var data = CommonOptions.Data();
        var command = new Command("show", "Show the peer id") { data };
        command.SetAction(async (result, cancellationToken) =>
        {
            var folder = DataFolder.At(result.GetValue(data));
            using var identity = await LoadAsync(folder, cancellationToken);
            await WriteAsync(folder, identity);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command New()
    {
        var data = CommonOptions.Data();
        var type = new Option<string>("--type") { Description = "ed25519, secp256k1, ecdsa or rsa", HelpName = "type", DefaultValueFactory = _ => "ed25519" };
        var command = new Command("new", "Make an identity where there is none") { data, type };
        command.SetAction(async (result, cancellationToken) =>
        {
            var text = result.GetRequiredValue(type);
            if (!Enum.GetNames<KeyType>().Contains(text, StringComparer.OrdinalIgnoreCase))
                throw new CommandException($"--type {PrintableText.Escape(text)} is not a type of key", "give ed25519, secp256k1, ecdsa or rsa", ExitCodes.Usage);
            var folder = DataFolder.At(result.GetValue(data));
            using var identity = Identity.Generate(Enum.Parse<KeyType>(text, ignoreCase: true));
            await KeyFile.CreateAsync(folder.KeyPath, identity, cancellationToken);
            await WriteAsync(folder, identity);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Export()
    {
        var data = CommonOptions.Data();
        var command = new Command("export", "Write the private key to standard output: the base64 of the protobuf that other implementations read") { data };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var identity = await LoadAsync(DataFolder.At(result.GetValue(data)), cancellationToken);
            Output.WriteErrorLine("tincan: this is the private key: whoever has it is you; keep it secret, and do not run it in two places at once");
            await using var output = Output.Open();
            await output.WriteLineAsync(identity.Export());
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Import()
    {
        var data = CommonOptions.Data();
        var file = new Argument<string>("file") { Description = "The file that holds the key; - or none for standard input", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("import", "Take over a private key that was exported, where there is none yet") { file, data };
        command.SetAction(async (result, cancellationToken) =>
        {
            var folder = DataFolder.At(result.GetValue(data));
            var source = result.GetValue(file) is { } path and not "-" ? path : null;
            if (!Identity.TryImport(await ReadAsync(source, cancellationToken), out var identity, out var error))
            {
                throw new CommandException(
                    $"{(source is null ? "standard input" : PrintableText.Escape(source))} holds no private key: {FailureLine.Of(new FormatException(error)).What}",
                    "give what `tincan key export` wrote, or the base64 of a libp2p private key");
            }
            using (identity)
            {
                await KeyFile.CreateAsync(folder.KeyPath, identity, cancellationToken);
                await WriteAsync(folder, identity);
            }
            return ExitCodes.Success;
        });
        return command;
    }

    private static async ValueTask<Identity> LoadAsync(DataFolder folder, CancellationToken cancellationToken) => Path.Exists(folder.KeyPath)
        ? await KeyFile.LoadAsync(folder.KeyPath, cancellationToken)
        : throw new CommandException($"there is no identity in {folder.Path}", "`tincan key new` makes one, and so does the first `tincan chat`");

    private static async ValueTask<string> ReadAsync(string? path, CancellationToken cancellationToken)
    {
        await using var stream = path is null ? Console.OpenStandardInput() : File.OpenRead(path);
        var buffer = new byte[MaxImportLength];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return System.Text.Encoding.ASCII.GetString(buffer, 0, length);
    }

    private static async ValueTask WriteAsync(DataFolder folder, Identity identity)
    {
        await using var output = Output.Open();
        await output.WriteLineAsync($"peer  {identity.PeerId}");
        await output.WriteLineAsync($"type  {identity.PublicKey.Type.ToString().ToLowerInvariant()}");
        await output.WriteLineAsync($"file  {folder.KeyPath}");
    }
}
