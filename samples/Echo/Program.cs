using System.Text;
using Libp2p;

// A protocol of one's own: what comes is sent back. Without an address this node serves it, with one it asks.
ProtocolId echo = "/echo/1.0.0";

await using var node = await Libp2pNode.CreateBuilder()
    .UseTcp().UseNoise().UseYamux()
    .Listen("/ip4/127.0.0.1/tcp/0")
    .StartAsync();

if (args is [var address, var text])
{
    var connection = await node.ConnectAsync(Multiaddress.Parse(address));
    await using var stream = await node.OpenStreamAsync(connection.RemotePeer, echo);
    await stream.Output.WriteAsync(Encoding.UTF8.GetBytes(text));
    await stream.CloseWriteAsync();
    using var reader = new StreamReader(stream.AsStream());
    Console.WriteLine($"{connection.RemotePeer} echoes: {PrintableText.Escape(await reader.ReadToEndAsync())}");
}
else
{
    // The stream closes when the handler returns, and is reset when it throws.
    using var service = node.Handle(echo, (stream, cancellationToken) => stream.Input.CopyToAsync(stream.Output, cancellationToken));
    Console.WriteLine(string.Join('\n', node.Addresses));
    Console.ReadLine();
}
