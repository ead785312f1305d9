using Libp2p.Muxers.Yamux;
using Libp2p.Protocols.Identify;

namespace Libp2p.Attack.Tests.Advisories;

/// <summary>Failures that other stacks have had for want of a limit, each shown against this one. The advisory is in the name.</summary>
public class LimitAdvisoryTests
{
    [Fact]
    public void CVE_2022_23492_23486_23487_connections_streams_and_memory_are_limited_by_default()
    {
        var limits = new NodeOptions().Limits;
        Assert.InRange(limits.MaxConnections, 1, 1_000_000);
        Assert.Equal(8, limits.MaxConnectionsPerPeer);
        Assert.Equal(8, limits.MaxConnectionsPerAddress);
        Assert.InRange(limits.MaxStreams, 1, 10_000_000);
        Assert.Equal(512, limits.MaxStreamsPerPeer);
        Assert.Contains(LivingNodeTests.Attacks, attack => attack.Name == "12,000 connection attempts");
        Assert.Contains(LivingNodeTests.Attacks, attack => attack.Name == "100,000 stream opens");
    }

    [Fact]
    public void CVE_2024_32984_a_million_unread_pings_queue_no_more_answers_than_the_limit()
    {
        var machine = new YamuxMachine(Role.Listener, new YamuxOptions());
        for (var i = 0u; i < 1_000_000; i++)
            Assert.False(machine.Receive(new YamuxHeader(YamuxType.Ping, YamuxFlags.Syn, 0, i), default).Has(YamuxEvents.Violation));
        var answers = 0;
        while (machine.TryTakeFrame(default, out _))
            answers++;
        Assert.Equal(new YamuxOptions().MaxQueuedPongs, answers);
    }

    [Fact]
    public void CVE_2026_31814_a_window_that_overflows_is_a_violation()
    {
        var machine = Opened(out var id);
        Assert.False(machine.Receive(new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.None, id, uint.MaxValue - YamuxOptions.InitialWindow), default).Has(YamuxEvents.Violation));
        Assert.True(machine.Receive(new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.None, id, 1), default).Has(YamuxEvents.Violation));
    }

    [Theory]
    [InlineData(YamuxOptions.InitialWindow + 1u)]
    [InlineData(uint.MaxValue)]
    public void CVE_2026_32314_data_with_SYN_beyond_the_window_is_a_violation(uint length)
    {
        var machine = new YamuxMachine(Role.Listener, new YamuxOptions());
        Assert.True(machine.Receive(new YamuxHeader(YamuxType.Data, YamuxFlags.Syn, 1, length), default).Has(YamuxEvents.Violation));
    }

    [Fact]
    public void CVE_2023_44487_streams_opened_and_reset_without_end_are_a_violation()
    {
        var options = new YamuxOptions();
        var machine = new YamuxMachine(Role.Listener, options);
        var id = 1u;
        for (var i = 0; i < options.AbandonedStreamsBurst; i++, id += 2)
            Assert.False(OpenAndReset(machine, id), $"The burst ends at stream {i}.");
        Assert.True(OpenAndReset(machine, id));
    }

    [Fact]
    public void CVE_2023_39533_a_giant_RSA_key_is_refused_on_its_length()
    {
        // SubjectPublicKeyInfo of an RSA key whose modulus claims 8193 bits and more: well formed, never to be computed with.
        foreach (var bits in (int[])[8193, 16_384, 65_536])
        {
            var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteInteger((System.Numerics.BigInteger.One << bits) - 1);
                writer.WriteInteger(65_537);
            }
            var parameters = writer.Encode();
            writer.Reset();
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                    writer.WriteNull();
                }
                writer.WriteBitString(parameters);
            }
            byte[] spki = writer.Encode();
            var prefix = new byte[Varint.MaxLength];
            byte[] message = [0x08, 0x00, 0x12, .. prefix[..Varint.Write(prefix, (ulong)spki.Length)], .. spki];
            Assert.False(PublicKey.TryDecode(message, out _, out var error));
            Assert.NotEmpty(error!);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(4_000)]
    [InlineData(1_000_000)]
    public void CVE_2025_53605_nested_groups_do_not_overflow_the_stack(int depth)
    {
        var nested = new byte[depth];
        Array.Fill(nested, (byte)0x0b);
        var message = new Libp2p.Protocols.Identify.Wire.IdentifyMessage();
        Assert.False(IdentifyCodec.TryMerge(message, nested, new IdentifyOptions(), out var error));
        Assert.NotEmpty(error);
        Assert.False(PublicKey.TryDecode(nested, out _, out _));
        Assert.False(PeerRecord.TryOpen(nested, out _, out _));
    }

    [Fact]
    public async Task CVE_2019_15544_no_memory_is_reserved_from_a_declared_length()
    {
        // A message of 1 MiB less one byte is announced, and only a little of it comes.
        byte[] announced = [0xff, 0xff, 0x3f, 1, 2, 3];
        var input = System.IO.Pipelines.PipeReader.Create(new MemoryStream(announced));
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Assert.ThrowsAsync<Libp2pException>(() => LengthPrefixed.ReadAsync(input, 1 << 20, CancellationToken.None).AsTask());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 128 << 10);
    }

    [Fact]
    public void CVE_2020_26283_control_characters_of_a_peer_do_not_reach_the_terminal()
    {
        var escaped = PrintableText.Escape("a\u001b[2J\u0007\u009b31m\u202eb"u8, 100);
        Assert.DoesNotContain(escaped, c => char.IsControl(c) || c is '\u202e');
        Assert.StartsWith("a", escaped, StringComparison.Ordinal);
    }

    static bool OpenAndReset(YamuxMachine machine, uint id)
    {
        var opened = machine.Receive(new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Syn, id, 0), default);
        if (opened.Has(YamuxEvents.Opened))
            machine.Accept(opened.State!);
        return opened.Has(YamuxEvents.Violation)
            || machine.Receive(new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Rst, id, 0), default).Has(YamuxEvents.Violation);
    }

    static YamuxMachine Opened(out uint id)
    {
        id = 1;
        var machine = new YamuxMachine(Role.Listener, new YamuxOptions());
        Assert.True(machine.Receive(new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Syn, id, 0), default).Has(YamuxEvents.Opened));
        return machine;
    }
}
