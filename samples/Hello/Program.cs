using Libp2p;

await using var node = await Libp2pNode.CreateBuilder()
    .UseTcp().UseNoise().UseYamux().AddIdentify().AddPing()
    .Listen("/ip4/0.0.0.0/tcp/0")
    .StartAsync();

Console.WriteLine(string.Join('\n', node.Addresses));
if (args is [var address])
    Console.WriteLine($"round trip: {await node.PingAsync(Multiaddress.Parse(address))}");
else
    Console.ReadLine();
