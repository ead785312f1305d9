// One side of one test of libp2p's transport tests: README.md says which environment variables it reads.
using System.Runtime.InteropServices;
using Libp2p.TransportInterop;

using var stop = new CancellationTokenSource();
PosixSignalRegistration[] signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(s => PosixSignalRegistration.Create(s, Stop))];
var code = await Harness.RunAsync(Environment.GetEnvironmentVariable, Console.Out, Console.Error, stop.Token);
Array.ForEach(signals, s => s.Dispose());
return code;

void Stop(PosixSignalContext context)
{
    // The node says goodbye to its peers first; a second signal ends the process at once.
    context.Cancel = !stop.IsCancellationRequested;
    _ = stop.CancelAsync();
}
