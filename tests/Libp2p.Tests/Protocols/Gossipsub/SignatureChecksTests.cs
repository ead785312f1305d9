using System.Collections.Concurrent;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class SignatureChecksTests
{
    private const int Limit = 32;

    [Fact]
    public async Task Results_come_in_order_and_a_peer_is_read_from_only_while_there_is_room()
    {
        using var identity = Identity.Generate();
        using var handOn = new SemaphoreSlim(0);
        var results = new ConcurrentQueue<(ulong Number, MessageRefusal Refusal)>();
        var checks = new SignatureChecks(identity.PeerId, Limit, (_, message, refusal) =>
        {
            // The owner is slow: what is checked meanwhile waits.
            Assert.True(handOn.Wait(TimeSpan.FromSeconds(30)));
            results.Enqueue((message.SequenceNumber!.Value, refusal));
        });
        for (ulong i = 0; i < Limit; i++)
        {
            Assert.True(checks.WaitForRoomAsync().IsCompleted);
            checks.Add(Message(identity, i));
        }
        // One of them may be with the owner already; then there is room for one more.
        checks.Add(Message(identity, Limit));
        var room = checks.WaitForRoomAsync();
        Assert.False(room.IsCompleted);
        handOn.Release(Limit + 1);
        await room.WaitAsync(TestNodes.Patience);
        var patience = TestNodes.Patience;
        while (results.Count <= Limit)
            await Task.Delay(1, patience);
        Assert.Equal(Enumerable.Range(0, Limit + 1).Select(i => ((ulong)i, i % 3 == 0 ? MessageRefusal.WrongSignature : MessageRefusal.None)), results);
    }

    /// <summary>Every third is forged.</summary>
    private static GossipMessage Message(Identity identity, ulong number)
    {
        var message = MessageSignature.Create(identity, "t", "text"u8, number, MessageIds.Origin);
        if (number % 3 != 0)
            return message;
        MessageCodec.TryRead(MessageSignatureTests.Body(message), out var fields);
        fields.Data = "fake"u8;
        return MessageSignature.Make(fields, "t", identity.PeerId, message.Id);
    }
}
