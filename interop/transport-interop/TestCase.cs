using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Libp2p.TransportInterop;

/// <summary>One side of one test, as the environment describes it.</summary>
internal sealed partial record TestCase
{
    /// <summary>Whose test it is.</summary>
    public required TestPlan Plan { get; init; }

    /// <summary>True for the side that dials and measures, false for the one that listens.</summary>
    public required bool IsDialer { get; init; }

    /// <summary><c>tcp</c>, <c>ws</c> or <c>wss</c>.</summary>
    public required string Transport { get; init; }

    /// <summary><c>noise</c> or <c>tls</c>.</summary>
    public required string Security { get; init; }

    /// <summary><c>yamux</c> or <c>mplex</c>.</summary>
    public required string Muxer { get; init; }

    /// <summary>Where to listen.</summary>
    public required IPAddress Ip { get; init; }

    /// <summary>Host of the Redis server.</summary>
    public required string RedisHost { get; init; }

    /// <summary>Port of the Redis server.</summary>
    public required int RedisPort { get; init; }

    /// <summary>Under which key the listener leaves its address.</summary>
    public required string RedisKey { get; init; }

    /// <summary>Whether the address is left as a list, which is popped, or as a plain value, which is read.</summary>
    public required bool AddressIsList { get; init; }

    /// <summary>How long the whole test may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Whether the log tells everything.</summary>
    public required bool Debug { get; init; }

    /// <summary>Reads the variables of either plan: those of unified-testing where there is a <c>TEST_KEY</c>.</summary>
    /// <exception cref="HarnessException">One is missing or makes no sense; the message names it.</exception>
    public static TestCase Read(Func<string, string?> variable)
    {
        var variables = new Variables(variable);
        if (variables.Optional("TEST_KEY") is { } key)
            return ReadUnifiedTesting(variables, key);
        if (variables.Optional("transport") is not null)
            return ReadTransportInterop(variables);
        throw variables.Wrong("set TEST_KEY and the variables of unified-testing, or transport and those of test-plans");
    }

    private static TestCase ReadTransportInterop(Variables variables)
    {
        var (host, port) = variables.EndPoint("redis_addr");
        return new TestCase
        {
            Plan = TestPlan.TransportInterop,
            IsDialer = variables.Flag("is_dialer"),
            Transport = variables.OneOf("transport", "tcp", "ws", "wss"),
            Security = variables.OneOf("security", "noise", "tls"),
            Muxer = variables.OneOf("muxer", "yamux", "mplex"),
            Ip = variables.Ip("ip"),
            RedisHost = host,
            RedisPort = port,
            RedisKey = "listenerAddr",
            AddressIsList = true,
            Timeout = variables.Seconds("test_timeout_seconds", "test_timeout_secs"),
            Debug = variables.Optional("DEBUG") == "true",
        };
    }

    private static TestCase ReadUnifiedTesting(Variables variables, string key)
    {
        if (!Key().IsMatch(key))
            throw variables.Wrong($"TEST_KEY is '{key}', not letters and digits");
        var (host, port) = variables.EndPoint("REDIS_ADDR");
        return new TestCase
        {
            Plan = TestPlan.UnifiedTesting,
            IsDialer = variables.Flag("IS_DIALER"),
            Transport = variables.OneOf("TRANSPORT", "tcp", "ws", "wss"),
            Security = variables.OneOf("SECURE_CHANNEL", "noise", "tls"),
            Muxer = variables.OneOf("MUXER", "yamux", "mplex"),
            Ip = variables.Ip("LISTENER_IP"),
            RedisHost = host,
            RedisPort = port,
            RedisKey = $"{key}_listener_multiaddr",
            AddressIsList = variables.Optional("LISTENER_ADDRESS_AS") is not null && variables.OneOf("LISTENER_ADDRESS_AS", "value", "list") == "list",
            Timeout = variables.Seconds("TEST_TIMEOUT_SECS", "TEST_TIMEOUT_SECONDS"),
            Debug = variables.Optional("DEBUG") == "true",
        };
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$", RegexOptions.CultureInvariant)]
    private static partial Regex Key();

    /// <summary>The environment, value by value; what is empty is not set.</summary>
    private readonly struct Variables(Func<string, string?> variable)
    {
        private const int MaxSeconds = 24 * 60 * 60;
        private const int DefaultSeconds = 180;
        private const int RedisPort = 6379;

        public string? Optional(string name) => variable(name) is { Length: > 0 } value ? value : null;

        public HarnessException Wrong(string what) => new(what, Harness.WrongEnvironment);

        public string OneOf(string name, params ReadOnlySpan<string> allowed)
        {
            var value = Required(name);
            return allowed.Contains(value) ? value : throw Wrong($"{name} is '{value}', not one of {string.Join(", ", allowed)}");
        }

        public bool Flag(string name) => OneOf(name, "true", "false") == "true";

        public IPAddress Ip(string name)
        {
            var value = Optional(name) ?? "0.0.0.0";
            return IPAddress.TryParse(value, out var ip) ? ip : throw Wrong($"{name} is '{value}', not an IP address");
        }

        /// <summary><c>host</c> or <c>host:port</c>, an IPv6 address in brackets.</summary>
        public (string Host, int Port) EndPoint(string name)
        {
            var value = Optional(name) ?? "redis";
            return Uri.TryCreate($"redis://{value}", UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri is { AbsolutePath: "" or "/", UserInfo: "" }
                ? (uri.DnsSafeHost, uri.Port > 0 ? uri.Port : RedisPort)
                : throw Wrong($"{name} is '{value}', not host:port");
        }

        public TimeSpan Seconds(string name, string alias)
        {
            var used = Optional(name) is null ? alias : name;
            var value = Optional(used);
            if (value is null)
                return TimeSpan.FromSeconds(DefaultSeconds);
            return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= MaxSeconds
                ? TimeSpan.FromSeconds(seconds)
                : throw Wrong($"{used} is '{value}', not a number of seconds from 1 to {MaxSeconds}");
        }

        private string Required(string name) => Optional(name) ?? throw Wrong($"{name} is not set");
    }
}
