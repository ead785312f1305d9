using BenchmarkDotNet.Attributes;
using Libp2p.Muxers.Yamux;

namespace Libp2p.Benchmarks.Micro.Muxers.Yamux;

[MemoryDiagnoser]
public class YamuxFrameBenchmarks
{
    private const uint Stream = 1;
    private const int Payload = 1024;

    private readonly byte[] _bytes = new byte[YamuxHeader.Size];
    private readonly YamuxHeader _data = new(YamuxType.Data, YamuxFlags.None, Stream, Payload);
    private YamuxMachine _machine = null!;
    private YamuxStreamState _state = null!;
    private uint _next;

    [GlobalSetup]
    public void Setup()
    {
        _data.Write(_bytes);
        _machine = new YamuxMachine(Role.Listener, new YamuxOptions());
        _state = _machine.Receive(new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Syn, Stream, 0), default).State!;
        _machine.Accept(_state);
        _next = Stream;
    }

    [Benchmark]
    public void WriteHeader() => _data.Write(_bytes);

    [Benchmark]
    public uint ReadHeader()
    {
        YamuxHeader.TryRead(_bytes, out var header, out _);
        return header.Length;
    }

    /// <summary>A data frame arrives and is read by the application; now and then a window update leaves.</summary>
    [Benchmark]
    public int ReceiveData()
    {
        var outcome = _machine.Receive(_data, default);
        _machine.Consumed(_state, Payload, unread: 0, default);
        while (_machine.TryTakeFrame(default, out _))
        {
        }
        return (int)outcome.Events;
    }

    /// <summary>A data frame leaves, and the other side gives its bytes back.</summary>
    [Benchmark]
    public int SendData()
    {
        _machine.Queue(_state, Payload);
        var frames = 0;
        while (_machine.TryTakeFrame(default, out _))
            frames++;
        _machine.Receive(new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.None, Stream, Payload), default);
        return frames;
    }

    /// <summary>The whole life of a stream that the other side opened, in headers.</summary>
    [Benchmark]
    public bool OpenAndClose()
    {
        _next += 2;
        var state = _machine.Receive(new YamuxHeader(YamuxType.Data, YamuxFlags.Syn, _next, 32), default).State!;
        _machine.Accept(state);
        _machine.Consumed(state, 32, unread: 0, default);
        _machine.Queue(state, 32);
        _machine.EndWriting(state);
        _machine.Receive(new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Fin, _next, 0), default);
        while (_machine.TryTakeFrame(default, out _))
        {
        }
        return state.IsGone;
    }
}
