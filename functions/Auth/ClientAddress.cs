using System.Net;
using System.Net.Sockets;

namespace Souk.Auth;

/// <summary>Whose address a request comes from, as far as limits go.</summary>
internal static class ClientAddress
{
    /// <summary>A customer gets at least this much of IPv6 (RFC 6177), so one address of it is no limit.</summary>
    private const int Ipv6PrefixBytes = 8;

    /// <summary>An IPv4 address, or the first 64 bits of an IPv6 one.</summary>
    internal static string Of(HttpContext context, AuthOptions options)
    {
        IPAddress? address = context.Connection.RemoteIpAddress;
        if (options.ClientAddressHeader is { } header
            && IPAddress.TryParse(context.Request.Headers[header], out IPAddress? said))
        {
            address = said;
        }

        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();

        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6PrefixBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
