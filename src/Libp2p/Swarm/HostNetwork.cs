using System.Net;
using System.Net.NetworkInformation;

namespace Libp2p.Swarm;

/// <summary>The interfaces of this machine: a seam, so that tests can take one away.</summary>
internal class HostNetwork
{
    /// <summary>The system's own.</summary>
    public static HostNetwork System { get; } = new();

    /// <summary>The addresses of the interfaces that are up, loopback first; without those that hold on one link only.</summary>
    public virtual IReadOnlyList<IPAddress> Addresses =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up || i.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => !a.IsIPv6LinkLocal)
            .Distinct()
            .OrderByDescending(IPAddress.IsLoopback),
    ];

    /// <summary>Calls back whenever the system says that addresses or interfaces have changed, until the result is disposed.</summary>
    public virtual IDisposable Watch(Action changed)
    {
        void OnAddress(object? sender, EventArgs e) => changed();
        void OnAvailability(object? sender, NetworkAvailabilityEventArgs e) => changed();
        try
        {
            NetworkChange.NetworkAddressChanged += OnAddress;
            NetworkChange.NetworkAvailabilityChanged += OnAvailability;
        }
        catch (Exception e) when (e is PlatformNotSupportedException or NetworkInformationException)
        {
            // A system that does not tell of changes still has clocks: waking is noticed.
        }
        return new Subscription(() =>
        {
            NetworkChange.NetworkAddressChanged -= OnAddress;
            NetworkChange.NetworkAvailabilityChanged -= OnAvailability;
        });
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
