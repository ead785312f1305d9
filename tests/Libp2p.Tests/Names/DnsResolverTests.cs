using System.Net;
using System.Net.Sockets;
using System.Text;
using Libp2p.Names;
using Libp2p.Testing;

namespace Libp2p.Tests.Names;

public sealed class DnsResolverTests : IAsyncLifetime
{
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(120);

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedServer _server = new();
    private readonly NameOptions _options = new() { HostsFile = "", ResolverFile = "" };
    private DnsResolver? _resolver;

    public DnsResolverTests() => _options.Servers.Add(_server.EndPoint);

    private DnsResolver Resolver => _resolver ??= new DnsResolver(_options, _time);

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        _resolver?.Dispose();
        return _server.DisposeAsync();
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "192.0.2.1")]
    [InlineData(AddressFamily.InterNetworkV6, "2001:db8::1")]
    [InlineData(AddressFamily.Unspecified, "2001:db8::1", "192.0.2.1")]
    public async Task A_host_has_the_addresses_of_the_family_that_is_asked_for(AddressFamily family, params string[] expected)
    {
        _server.Answer = ServeHost;
        var host = await HostAsync("host.example", family);
        Assert.Equal(expected.Select(IPAddress.Parse), host.Addresses);
        Assert.False(host.IsLocal);
        Assert.All(_server.Questions, q => Assert.True(q.Message is { RecursionDesired: true, PayloadSize: 1232 }));
    }

    [Fact]
    public async Task The_strings_of_a_text_are_joined()
    {
        _server.Answer = a => [a.With(Text(a, "dnsaddr=/ip4/", "192.0.2.1/tcp/1"), Text(a, "other"))];
        Assert.Equal(["dnsaddr=/ip4/192.0.2.1/tcp/1", "other"], await Resolver.ResolveTextAsync("_dnsaddr.example", default));
    }

    [Fact]
    public async Task Each_question_has_a_number_and_a_case_of_its_own()
    {
        _options.MaxCached = 0;
        _server.Answer = ServeHost;
        for (var i = 0; i < 20; i++)
            await HostAsync("a-rather-long-host-name.example");
        Assert.True(_server.Questions.Select(q => q.Message.Id).Distinct().Count() > 10);
        Assert.True(_server.Questions.Select(q => q.Question.Name.ToString()).Distinct(StringComparer.Ordinal).Count() > 10);
    }

    [Fact]
    public async Task An_answer_holds_for_its_time()
    {
        _server.Answer = ServeHost;
        await HostAsync("host.example");
        _time.Advance(TimeSpan.FromSeconds(59));
        await HostAsync("HOST.example.");
        Assert.Single(_server.Questions);
        _time.Advance(TimeSpan.FromSeconds(1));
        await HostAsync("host.example");
        Assert.Equal(2, _server.Questions.Count);
    }

    [Fact]
    public async Task No_answer_holds_longer_than_it_may()
    {
        _options.MaxTimeToLive = TimeSpan.FromSeconds(10);
        _server.Answer = ServeHost;
        await HostAsync("host.example");
        _time.Advance(TimeSpan.FromSeconds(10));
        await HostAsync("host.example");
        Assert.Equal(2, _server.Questions.Count);
    }

    [Fact]
    public async Task So_many_answers_are_remembered_and_no_more()
    {
        _options.MaxCached = 3;
        _server.Answer = ServeHost;
        for (var i = 0; i < 5; i++)
            await HostAsync($"h{i}.example");
        Assert.Equal(3, Resolver.CachedCount);
        await HostAsync("h4.example");
        Assert.Equal(5, _server.Questions.Count);
        await HostAsync("h0.example");
        Assert.Equal(6, _server.Questions.Count);
    }

    [Theory]
    [InlineData((int)DnsResponseCode.NameError, "there is no name none.example")]
    [InlineData((int)DnsResponseCode.NoError, "the name none.example has no IPv4 address")]
    public async Task That_there_is_none_is_remembered_for_as_long_as_the_zone_says(int code, string message)
    {
        _server.Answer = a => [a.With((DnsResponseCode)code) with { Authorities = [Zone(minimum: 20)] }];
        Assert.Equal(message, (await FailAsync("none.example")).Message);
        _time.Advance(TimeSpan.FromSeconds(19));
        await FailAsync("none.example");
        Assert.Single(_server.Questions);
        _time.Advance(TimeSpan.FromSeconds(1));
        await FailAsync("none.example");
        Assert.Equal(2, _server.Questions.Count);
    }

    [Fact]
    public async Task That_there_is_none_is_not_remembered_where_nobody_says_for_how_long()
    {
        _server.Answer = a => [a.With(DnsResponseCode.NameError)];
        await FailAsync("none.example");
        await FailAsync("none.example");
        Assert.Equal(2, _server.Questions.Count);
    }

    [Fact]
    public async Task Aliases_are_followed_within_an_answer_and_beyond()
    {
        _server.Answer = a => [a.Name switch
        {
            "a.example" => a.With(Alias("a.example", "b.example", 60), Alias("b.example", "c.example", 5)),
            "c.example" => a.With(Alias("c.example", "d.example", 60), Address("d.example", "192.0.2.9", 60)),
            _ => a.With(DnsResponseCode.NameError),
        }];
        Assert.Equal(IPAddress.Parse("192.0.2.9"), Assert.Single((await HostAsync("a.example")).Addresses));
        Assert.Equal(["a.example", "c.example"], _server.Questions.Select(q => q.Name));

        // The whole holds as long as its shortest part.
        _time.Advance(TimeSpan.FromSeconds(5));
        await HostAsync("a.example");
        Assert.Equal(4, _server.Questions.Count);
    }

    [Fact]
    public async Task Aliases_that_lead_in_a_circle_or_too_far_end()
    {
        _server.Answer = a => [a.Name == "loop.example"
            ? a.With(Alias("loop.example", "back.example", 60), Alias("back.example", "loop.example", 60))
            : a.With(Alias(a.Name, "x" + a.Name, 60))];
        Assert.Contains("leads from name to name", (await FailAsync("loop.example")).Message, StringComparison.Ordinal);
        Assert.Contains("leads from name to name", (await FailAsync("far.example")).Message, StringComparison.Ordinal);
        Assert.True(_server.Questions.Count < 12, $"{_server.Questions.Count} questions");
    }

    [Fact]
    public async Task What_was_not_asked_for_is_not_believed()
    {
        _server.Answer = a => [a.With(Address("bank.example", "192.0.2.66", 60), Address("host.example", "192.0.2.1", 60))];
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single((await HostAsync("host.example")).Addresses));
        _server.Answer = a => [a.With(Address("bank.example", "192.0.2.66", 60))];
        await FailAsync("other.example");
    }

    [Fact]
    public async Task Only_an_answer_to_the_very_question_is_taken()
    {
        _server.Answer = a =>
        [
            "no message"u8.ToArray(),
            a.With(Bad(a)) with { Id = (ushort)(a.Message.Id + 1) },
            a.With(Bad(a)) with { IsResponse = false },
            a.With(Bad(a)) with { Questions = [] },
            a.With(Bad(a)) with { Questions = [new(Name("bank.example"), a.Type)] },
            a.With(Bad(a)) with { Questions = [new(a.Question.Name, DnsType.Txt)] },
            a.With(Address(a.Name, "192.0.2.1", 60)),
        ];
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single((await HostAsync("host.example")).Addresses));

        static DnsRecord Bad(Asked a) => Address(a.Name, "192.0.2.66", 60);
    }

    [Fact]
    public async Task Strays_are_read_only_so_often()
    {
        _options.Rounds = 1;
        _server.Answer = a => Enumerable.Repeat(a.With(Address(a.Name, "192.0.2.66", 60)) with { Id = (ushort)(a.Message.Id + 1) }, 40);
        Assert.Contains("answers to other questions only", (await FailAsync("host.example")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_in_another_case_is_asked_for_over_TCP()
    {
        _server.Answer = a => [a.With(Address(a.Name, a.OverTcp ? "192.0.2.1" : "192.0.2.66", 60)) with { Questions = [new(Name(Flip(a.Question.Name.ToString())), a.Type)] }];
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single((await HostAsync("a-long-enough-host.example")).Addresses));
        Assert.Equal([false, true], _server.Questions.Select(q => q.OverTcp));

        static string Flip(string text) => string.Concat(text.Select(c => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_does_not_fit_is_asked_for_over_TCP(bool unreadable)
    {
        var addresses = Enumerable.Range(0, 200).Select(i => $"192.0.2.{i}").ToArray();
        _server.Answer = a =>
        {
            if (a.OverTcp)
                return [a.With([.. addresses.Select(x => Address(a.Name, x, 60))])];
            var cut = ScriptedServer.Write(a.With(Address(a.Name, "192.0.2.1", 60)) with { IsTruncated = true });
            return [unreadable ? cut[..^3] : cut];
        };
        Assert.Equal(addresses.Length, (await HostAsync("many.example")).Addresses.Count);
        Assert.Equal([false, true], _server.Questions.Select(q => q.OverTcp));
    }

    [Fact]
    public async Task A_server_that_knows_no_EDNS0_is_asked_without()
    {
        _server.Answer = a => a.Message.PayloadSize is null
            ? [a.With(Address(a.Name, "192.0.2.1", 60))]
            : [a.With(DnsResponseCode.FormatError) with { Questions = [], PayloadSize = null }];
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single((await HostAsync("host.example")).Addresses));
        Assert.Equal(2, _server.Questions.Count);
    }

    [Fact]
    public async Task A_dead_server_is_passed_over_and_asked_last_from_then_on()
    {
        await using var dead = new ScriptedServer();
        _options.Servers.Insert(0, dead.EndPoint);
        _server.Answer = ServeHost;
        var looking = HostAsync("host.example");
        await dead.AskedAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await looking;
        await HostAsync("other.example");
        Assert.Single(dead.Questions);
        Assert.Equal(2, _server.Questions.Count);
    }

    [Theory]
    [InlineData((int)DnsResponseCode.ServerFailure)]
    [InlineData((int)DnsResponseCode.Refused)]
    public async Task A_server_that_fails_is_passed_over(int code)
    {
        await using var failing = new ScriptedServer { Answer = a => [a.With((DnsResponseCode)code)] };
        _options.Servers.Insert(0, failing.EndPoint);
        _server.Answer = ServeHost;
        await HostAsync("host.example");
        Assert.Single(failing.Questions);
    }

    [Fact]
    public async Task When_nobody_answers_it_says_who_was_asked()
    {
        var looking = FailAsync("host.example");
        await _server.AskedAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _server.AskedAsync(2);
        _time.Advance(TimeSpan.FromSeconds(2));
        var failure = await looking;
        Assert.Equal($"the name host.example does not resolve, since no server of names answers ({_server.EndPoint}: no answer within 2 s)", failure.Message);

        // Nobody's silence is an answer: the next look-up asks again.
        _server.Answer = ServeHost;
        await HostAsync("host.example");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_at_once()
    {
        _options.Servers.Clear();
        var gone = new ScriptedServer();
        _options.Servers.Add(gone.EndPoint);
        await gone.DisposeAsync();
        Assert.Contains("nobody listens there", (await FailAsync("host.example")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_family_is_held_back_for_the_other_a_moment_only()
    {
        _server.Answer = a => a.Type == DnsType.A ? [a.With(Address(a.Name, "192.0.2.1", 60))] : [];
        var looking = HostAsync("host.example", AddressFamily.Unspecified);
        await _server.AskedAsync(2);

        // The one family is there; what is set then is the time-out of the other, and the moment that it gets.
        using var patience = new CancellationTokenSource(Alive);
        while (Resolver.CachedCount == 0 || _time.ArmedTimers < 2)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        Assert.False(looking.IsCompleted);
        _time.Advance(_options.ResolutionDelay);
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single((await looking).Addresses));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_so_by_its_own_token()
    {
        using var cancellation = new CancellationTokenSource();
        var looking = Resolver.ResolveHostAsync("host.example", AddressFamily.Unspecified, cancellation.Token).AsTask();
        await _server.AskedAsync(2);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => looking.WaitAsync(Alive));
        await _time.WaitForTimersAsync(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("xn--\u0080")]
    public async Task What_is_no_name_is_not_asked_for(string name)
    {
        Assert.Contains("is no name", (await FailAsync(name)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<Libp2pException>(async () => await Resolver.ResolveTextAsync(name, default));
        Assert.Empty(_server.Questions);
    }

    [Fact]
    public async Task A_name_in_letters_of_any_script_is_asked_for_in_ASCII()
    {
        _server.Answer = ServeHost;
        await HostAsync("bücher.example");
        Assert.Equal("xn--bcher-kva.example", Assert.Single(_server.Questions).Name);
    }

    private static IEnumerable<object> ServeHost(Asked a) => [a.With(Address(a.Name, a.Type == DnsType.A ? "192.0.2.1" : "2001:db8::1", 60))];

    private static DnsAddressRecord Address(string name, string address, uint seconds) => new(Name(name), seconds, IPAddress.Parse(address));

    private static DnsNameRecord Alias(string name, string target, uint seconds) => new(Name(name), DnsType.Cname, seconds, Name(target));

    private static DnsTextRecord Text(Asked a, params string[] strings) =>
        new(a.Question.Name, 60, [.. strings.Select(s => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(s)))]);

    private static DnsZoneRecord Zone(uint minimum) => new(Name("example"), 3600, Name("ns.example"), Name("who.example"), 1, 2, 3, 4, minimum);

    private static DnsName Name(string text) => DnsName.TryParse(text, out var name) ? name : throw new InvalidOperationException(text);

    private Task<HostAddresses> HostAsync(string name, AddressFamily family = AddressFamily.InterNetwork) =>
        Resolver.ResolveHostAsync(name, family, default).AsTask().WaitAsync(Alive);

    private async Task<Libp2pException> FailAsync(string name)
    {
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => HostAsync(name));
        Assert.Equal(Libp2pError.Unreachable, failure.Error);
        return failure;
    }
}
