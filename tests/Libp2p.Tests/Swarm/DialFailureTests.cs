using System.Net.Sockets;
using System.Security.Authentication;
using Libp2p.Swarm;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

public class DialFailureTests
{
    public static TheoryData<Exception, DialStage, DialStage, Libp2pError> Failures { get; } = new()
    {
        { new SocketException((int)SocketError.HostUnreachable), DialStage.Connect, DialStage.Connect, Libp2pError.Unreachable },
        { new IOException("broken"), DialStage.Resolve, DialStage.Resolve, Libp2pError.Unreachable },
        { new IOException("broken"), DialStage.Secure, DialStage.Secure, Libp2pError.HandshakeFailed },
        { new IOException("broken"), DialStage.Multiplex, DialStage.Multiplex, Libp2pError.NegotiationFailed },
        { new IOException("broken"), DialStage.Admit, DialStage.Admit, Libp2pError.ConnectionClosed },
        { new TimeoutException("slow"), DialStage.Secure, DialStage.Secure, Libp2pError.Timeout },
        { new OperationCanceledException(), DialStage.Connect, DialStage.Connect, Libp2pError.Timeout },
        { new AuthenticationException("forged"), DialStage.Secure, DialStage.Secure, Libp2pError.HandshakeFailed },
        { new Libp2pException(Libp2pError.ProtocolViolation, "bad frame"), DialStage.Multiplex, DialStage.Multiplex, Libp2pError.ProtocolViolation },
        { new PeerIdMismatchException(Id(1), Id(2)), DialStage.Secure, DialStage.Authenticate, Libp2pError.PeerIdMismatch },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void It_tells_stage_and_kind(Exception thrown, DialStage at, DialStage stage, Libp2pError error)
    {
        var attempt = DialFailure.Explain(Public(1), at, thrown, TimeSpan.FromSeconds(1));
        Assert.Equal((stage, error), (attempt.Stage, attempt.Error));
        Assert.NotEmpty(attempt.Cause);
    }

    [Fact]
    public void A_defect_is_named_by_its_type() => Assert.Equal(
        "InvalidOperationException: The queue is empty.",
        DialFailure.Explain(Public(1), DialStage.Connect, new InvalidOperationException("The queue is empty."), default).Cause);

    [Fact]
    public void A_cause_is_one_clean_line_of_bounded_length()
    {
        Assert.Equal("one", DialFailure.OneLine("  one\r\ntwo"));
        Assert.Equal("a [31mred", DialFailure.OneLine("a\u001b[31mred"));
        Assert.Equal(new string('x', 300) + "…", DialFailure.OneLine(new string('x', 5_000)));
        Assert.Equal("", DialFailure.OneLine(""));
    }
}
