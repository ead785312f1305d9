using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Interop.Tests.OpenSsl;

/// <summary>OpenSSL's own client or server in a process of its own, with a certificate of the test's.</summary>
public sealed class OpenSslProcess : IAsyncDisposable
{
    static readonly TimeSpan _patience = TimeSpan.FromSeconds(120);

    readonly Process _process;
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tincan-openssl");
    readonly StringBuilder _said = new();
    readonly Task _reading;
    event Action? Said;

    OpenSslProcess(string command, X509Certificate2? certificate, X509Certificate2? second, string[] flags)
    {
        var start = new ProcessStartInfo("openssl") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(command);
        if (certificate is not null)
        {
            foreach (var argument in (string[])["-cert", Write("cert.pem", certificate.ExportCertificatePem()), "-key", Write("key.pem", KeyOf(certificate))])
                start.ArgumentList.Add(argument);
        }
        if (second is not null)
        {
            start.ArgumentList.Add("-cert_chain");
            start.ArgumentList.Add(Write("chain.pem", second.ExportCertificatePem()));
        }
        foreach (var flag in flags)
            start.ArgumentList.Add(flag);
        _process = Process.Start(start) ?? throw new PeerException("openssl did not start");
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
    }

    /// <summary>Everything that it has said so far.</summary>
    public string Output
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary><c>s_client</c> to a port of the loopback interface.</summary>
    public static OpenSslProcess Connect(int port, X509Certificate2? certificate, X509Certificate2? second, params string[] flags) =>
        new("s_client", certificate, second, ["-connect", $"127.0.0.1:{port}", "-cipher", "DEFAULT@SECLEVEL=0", "-nocommands", .. flags]);

    /// <summary><c>s_server</c> on a free port of the loopback interface, for one connection.</summary>
    public static async Task<(OpenSslProcess Server, int Port)> ListenAsync(X509Certificate2 certificate, X509Certificate2? second, params string[] flags)
    {
        var server = new OpenSslProcess("s_server", certificate, second, ["-accept", "127.0.0.1:0", "-naccept", "1", "-Verify", "1", "-cipher", "DEFAULT@SECLEVEL=0", .. flags]);
        var line = await server.WaitForAsync("ACCEPT 127.0.0.1:");
        var port = new string([.. line[(line.IndexOf("ACCEPT 127.0.0.1:", StringComparison.Ordinal) + 17)..].TakeWhile(char.IsAsciiDigit)]);
        return (server, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Sends a line through the connection.</summary>
    public async Task SayAsync(string line)
    {
        await _process.StandardInput.WriteAsync(line + "\n");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until it has said something; all that it has said by then.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            // A whole line, so that what follows on it is there too.
            var output = Output;
            var at = output.IndexOf(text, StringComparison.Ordinal);
            if (at >= 0 && output.IndexOf('\n', at) >= 0)
                heard.TrySetResult();
        }
        Said += Look;
        Look();
        try
        {
            if (await Task.WhenAny(heard.Task, _reading.WaitAsync(_patience)) != heard.Task && !heard.Task.IsCompleted)
                throw new PeerException($"openssl did not say '{text}':\n{Output}");
        }
        finally
        {
            Said -= Look;
        }
        return Output;
    }

    public async ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(Output);
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    static string KeyOf(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        return key!.ExportPkcs8PrivateKeyPem();
    }

    string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_said)
                _said.Append(line).Append('\n');
            Said?.Invoke();
        }
    }
}
