using Tincan.Chat.History;

namespace Tincan.Tests.Chat.History;

public sealed class UnsavedKeysTests
{
    [Fact]
    public void Knows_the_latest_and_forgets_the_oldest()
    {
        var keys = new UnsavedKeys(maxKeys: 2);
        Assert.True(keys.Add([1]));
        Assert.False(keys.Add([1]));
        Assert.True(keys.Add([2]));
        Assert.True(keys.Add([3]));
        Assert.True(keys.Add([1]));
        Assert.True(keys.Remove([3]));
        Assert.False(keys.Remove([3]));
        Assert.False(keys.Remove(null));
    }
}
