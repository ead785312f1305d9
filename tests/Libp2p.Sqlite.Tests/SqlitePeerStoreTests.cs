using Libp2p.Testing.Stores;

namespace Libp2p.Sqlite.Tests;

public sealed class SqlitePeerStoreTests : PeerStoreConformanceTests, IAsyncLifetime
{
    private readonly StoreFolder _folder = new();
    private readonly List<SqlitePeerStore> _stores = [];

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        _folder.Dispose();
    }

    protected override IPeerStore NewStore(PeerStoreOptions? options = null)
    {
        var store = SqlitePeerStore.Open(_folder.File($"peers{_stores.Count}.db"), StoreFolder.Options(options), Time);
        _stores.Add(store);
        return store;
    }
}
