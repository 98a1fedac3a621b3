using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Souk.Platform.Hosting;

namespace Souk.Platform.Http;

/// <summary>Whose address a request comes from: what the edge says, where it says it, else the connection's.</summary>
public static class ClientAddress
{
    /// <summary>A customer gets at least this much of IPv6 (RFC 6177), so one address of it is no limit.</summary>
    private const int Ipv6PrefixBytes = 8;

    /// <summary>The address, as IPv4 wherever it is one; null when there is none to tell.</summary>
    public static IPAddress? Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string? header = context.RequestServices.GetRequiredService<FunctionOptions>().ClientAddressHeader;
        IPAddress? address = context.Connection.RemoteIpAddress;
        if (header is not null && IPAddress.TryParse(context.Request.Headers[header], out IPAddress? said))
            address = said;
        return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
    }

    /// <summary>Whom a limit counts: an IPv4 address, or the first 64 bits of an IPv6 one.</summary>
    public static string SubjectOf(HttpContext context)
    {
        IPAddress? address = Of(context);
        if (address is null)
            return "unknown";
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();

        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6PrefixBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
