namespace Libp2p.Hosting.Tests.Samples;

/// <summary>The samples do what they say.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task Hello_prints_its_addresses_and_pings_another()
    {
        await using var first = SampleProcess.Start("Hello");
        var address = await first.ReadUntilAsync(l => l.StartsWith("/ip4/127.0.0.1/tcp/", StringComparison.Ordinal) && l.Contains("/p2p/", StringComparison.Ordinal));

        await using var second = SampleProcess.Start("Hello", address);
        var answer = await second.ReadUntilAsync(l => l.StartsWith("round trip: ", StringComparison.Ordinal));
        var roundTrip = TimeSpan.Parse(answer["round trip: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(roundTrip, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
        Assert.Equal(0, await second.EndAsync());
        Assert.Equal(0, await first.EndAsync());
    }

    [Fact]
    public async Task Echo_sends_back_what_it_is_sent()
    {
        await using var server = SampleProcess.Start("Echo");
        var address = await server.ReadUntilAsync(l => l.StartsWith("/ip4/127.0.0.1/tcp/", StringComparison.Ordinal));

        await using var client = SampleProcess.Start("Echo", address, "Grüße, мир");
        var answer = await client.ReadUntilAsync(l => l.Contains(" echoes: ", StringComparison.Ordinal));
        Assert.Equal($"{address[(address.LastIndexOf('/') + 1)..]} echoes: Grüße, мир", answer);
        Assert.Equal(0, await client.EndAsync());
        Assert.Equal(0, await server.EndAsync());
    }

    [Theory]
    [InlineData("Hello")]
    [InlineData("Echo")]
    public void A_sample_is_short(string sample) =>
        Assert.InRange(File.ReadAllLines(Path.Combine(SampleProcess.Root, "samples", sample, "Program.cs")).Length, 5, 59);

    [Fact]
    public void The_front_page_shows_hello()
    {
        var page = File.ReadAllText(Path.Combine(SampleProcess.Root, "README.md")).ReplaceLineEndings("\n");
        const string Fence = "```csharp\n";
        var start = page.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length;
        var shown = page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
        Assert.Equal(File.ReadAllText(Path.Combine(SampleProcess.Root, "samples", "Hello", "Program.cs")).ReplaceLineEndings("\n"), shown);
    }
}
