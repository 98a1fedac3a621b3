using System.Net;

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
            if (IPAddress.TryParse(text, out IPAddress? address))
                networks.Add(new IPNetwork(address, 8 * address.GetAddressBytes().Length));
            else if (IPNetwork.TryParse(text, out IPNetwork network))
                networks.Add(network);
            else
                return null;
        }

        return new AddressList([.. networks]);
    }

    /// <summary>Whether this address may call.</summary>
    internal bool Admits(IPAddress? address) =>
        _networks.Length == 0 || (address is not null && _networks.Any(network => network.Contains(address)));
}
