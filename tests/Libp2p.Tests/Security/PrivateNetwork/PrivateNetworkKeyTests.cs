using System.Text;
using Libp2p.Security.PrivateNetwork;

namespace Libp2p.Tests.Security.PrivateNetwork;

public sealed class PrivateNetworkKeyTests : IDisposable
{
    const string Hex = "dffb7e3135399a8b1612b2aaca1c36a3a8ac2cd0cca51ceeb2ced87d308cac6d";
    const string Head = "/key/swarm/psk/1.0.0/\n";

    readonly string _file = Path.GetTempFileName();

    static byte[] Key => Convert.FromHexString(Hex);

    public static TheoryData<byte[]> Files => new()
    {
        Encoding.ASCII.GetBytes($"{Head}/base16/\n{Hex}"),
        Encoding.ASCII.GetBytes($"{Head}/base16/\n{Hex.ToUpperInvariant()}\n"),
        Encoding.ASCII.GetBytes($"{Head}/base16/\n{Hex}\n".ReplaceLineEndings("\r\n")),
        Encoding.ASCII.GetBytes($"{Head}/base64/\n{Convert.ToBase64String(Key)}\n"),
        Encoding.ASCII.GetBytes($"{Head}/bin/\n").Concat(Key).ToArray(),
    };

    public static TheoryData<string, string> Damaged => new()
    {
        { "", "does not begin" },
        { "/key/swarm/psk/2.0.0/\n/base16/\n" + Hex, "does not begin" },
        { Head + "/base32/\n" + Hex, "encoding" },
        { Head + "/base16/\n" + Hex[2..], "32 bytes" },
        { Head + "/base16/\n" + Hex + "00", "32 bytes" },
        { Head + "/base16/\n" + Hex[..^1] + "g", "32 bytes" },
        { Head + "/base64/\n" + Hex, "32 bytes" },
        { Head + "/bin/\n" + Hex, "32 bytes" },
        { Head + "/base16/", "32 bytes" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Is_read_in_each_encoding(byte[] file) => Assert.Equal(Key, PrivateNetworkKey.Parse(file).Bytes.ToArray());

    [Theory]
    [MemberData(nameof(Damaged))]
    public void What_is_damaged_is_said_without_the_key(string file, string problem)
    {
        var message = Assert.Throws<FormatException>(() => PrivateNetworkKey.Parse(Encoding.ASCII.GetBytes(file))).Message;
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.DoesNotContain(Hex[2..20], message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_read_as_it_was_written()
    {
        var key = PrivateNetworkKey.Generate();
        Assert.Equal(key.Bytes.ToArray(), PrivateNetworkKey.Parse(Encoding.ASCII.GetBytes(key.Export())).Bytes.ToArray());
        Assert.DoesNotContain(Convert.ToHexStringLower(key.Bytes), $"{key}", StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PrivateNetworkKey.FromBytes(new byte[31]));
    }

    [Fact]
    public async Task A_file_is_loaded_where_it_is_its_owners_alone()
    {
        await File.WriteAllTextAsync(_file, $"{Head}/base16/\n{Hex}");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Assert.Contains("chmod 600", (await Assert.ThrowsAsync<KeyFileException>(async () => await PrivateNetworkKey.LoadAsync(_file))).Message, StringComparison.Ordinal);
            File.SetUnixFileMode(_file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        Assert.Equal(Key, (await PrivateNetworkKey.LoadAsync(_file)).Bytes.ToArray());
        await File.WriteAllTextAsync(_file, "nothing");
        Assert.Contains(_file, (await Assert.ThrowsAsync<KeyFileException>(async () => await PrivateNetworkKey.LoadAsync(_file))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<KeyFileException>(async () => await PrivateNetworkKey.LoadAsync(_file + ".none"));
    }

    public void Dispose() => File.Delete(_file);
}
