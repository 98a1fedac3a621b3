using System.Net;
using System.Net.Sockets;

namespace Souk.Webhooks;

/// <summary>The addresses that may call; an empty list lets everybody.</summary>
internal sealed class AddressList
{
    private readonly IPNetwork[] _networks;

    private AddressList(IPNetwork[] networks) => _networks = networks;

    /// <summary>Reads addresses and networks in CIDR form; null when one of them is neither.</summary>
    internal static AddressList? TryParse(IEnumerable<string> texts)
    {
        List<IPNetwork> networks = [];
        foreach (string text in texts)
        {
            bool isNetwork = text.Contains('/', StringComparison.Ordinal);
            string given = isNetwork ? text : $"{text}/{(text.Contains(':', StringComparison.Ordinal) ? 128 : 32)}";

            // The parser takes 10.1 for 10.0.0.1: who wrote that meant something else.
            if (!IPNetwork.TryParse(given, out IPNetwork network) || !IsWhole(given, network))
                return null;
            networks.Add(network);
        }

        return new AddressList([.. networks]);
    }

    /// <summary>Whether this address may call.</summary>
    internal bool Admits(IPAddress? address) =>
        _networks.Length == 0 || (address is not null && _networks.Any(network => network.Contains(address)));

    private static bool IsWhole(string given, IPNetwork network) =>
        network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 || given == network.ToString();
}
