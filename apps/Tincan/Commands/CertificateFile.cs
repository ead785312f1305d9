using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Libp2p;

namespace Tincan.Commands;

/// <summary>The certificate that a node is to show, read from its files to be judged.</summary>
internal sealed class CertificateFile : IDisposable
{
    private readonly X509Certificate2 _certificate;

    private CertificateFile(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>The names and addresses that it is for.</summary>
    public IReadOnlyList<string> Names { get; private init; } = [];

    /// <summary>The last moment at which it is taken.</summary>
    public DateTimeOffset Until => new DateTimeOffset(_certificate.NotAfter).ToUniversalTime();

    /// <summary>Whether nobody but its owner vouches for it.</summary>
    public bool IsSelfSigned => _certificate.SubjectName.RawData.AsSpan().SequenceEqual(_certificate.IssuerName.RawData);

    /// <summary>Who vouches for it.</summary>
    public string Issuer => _certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true);

    /// <summary>Loads it, with its key.</summary>
    /// <param name="path">The PEM file of the certificate.</param>
    /// <param name="keyPath">That of its key; null where it is in the same one.</param>
    /// <exception cref="CommandException">They cannot be used; with the cause and the next step.</exception>
    public static CertificateFile Load(string path, string? keyPath)
    {
        var text = Read("certificate", path);
        if (!HasPem(text, l => l == "CERTIFICATE"))
            throw Refuse($"the certificate {path} is no PEM file of one", "give the file that begins with -----BEGIN CERTIFICATE-----, the node's own first");
        var keyText = keyPath is null ? text : Read("key", keyPath);
        if (HasPem(keyText, l => l == "ENCRYPTED PRIVATE KEY"))
            throw Refuse($"the key {keyPath ?? path} has a passphrase", "give one without, as `openssl pkey -in FILE -out FILE` writes it, which only you can read");
        if (!HasPem(keyText, l => l.EndsWith("PRIVATE KEY", StringComparison.Ordinal)))
        {
            throw keyPath is null
                ? Refuse($"the certificate {path} comes without its key", "give the key's file with --certificate-key")
                : Refuse($"the key {keyPath} is no PEM file of one", "give the file that begins with -----BEGIN PRIVATE KEY-----");
        }
        try
        {
            var certificate = X509Certificate2.CreateFromPem(text, keyText);
            return new CertificateFile(certificate) { Names = NamesOf(certificate) };
        }
        catch (ArgumentException)
        {
            throw Refuse($"the key {keyPath ?? path} is not that of the certificate {path}", "give the one that it was made for, and the node's own certificate before those that lead to its root");
        }
        catch (CryptographicException e)
        {
            // Their frames are there, so what is in them is damaged, or of a kind that the platform has not, or no pair.
            throw Refuse($"the certificate {path} cannot be used with the key {keyPath ?? path}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}", "make both anew, of RSA or an elliptic curve of NIST");
        }
    }

    /// <summary>Why nobody takes it at a moment; null where somebody does.</summary>
    public string? FaultAt(DateTimeOffset now)
    {
        if (now > Until)
            return string.Create(CultureInfo.InvariantCulture, $"has expired on {Until:yyyy-MM-dd}");
        var from = new DateTimeOffset(_certificate.NotBefore).ToUniversalTime();
        return now < from ? string.Create(CultureInfo.InvariantCulture, $"does not begin before {from:yyyy-MM-dd}") : null;
    }

    /// <summary>Whether it is for a name, or for an IP address.</summary>
    public bool IsFor(string host) => _certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false);

    public void Dispose() => _certificate.Dispose();

    private static string Read(string what, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Refuse($"there is no {what} {path}", "check the path");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"the {what} {path} cannot be read ({FailureLine.Of(e).What})", "let the user read it whom this runs as");
        }
    }

    private static bool HasPem(ReadOnlySpan<char> text, Func<string, bool> isWanted)
    {
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (isWanted(text[fields.Label].ToString()))
                return true;
            text = text[fields.Location.End..];
        }
        return false;
    }

    private static IReadOnlyList<string> NamesOf(X509Certificate2 certificate) => certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is { } names
        ? [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(a => a.ToString())]
        : [];

    private static CommandException Refuse(string what, string nextStep) => new(PrintableText.Escape(what), nextStep, ExitCodes.Usage);
}
