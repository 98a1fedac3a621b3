using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Souk.Architecture.Tests.Tree;
using Souk.Local.Supervision;
using Souk.Platform.Http;

namespace Souk.Architecture.Tests.Functions;

/// <summary>A route of a function, as it is mapped.</summary>
/// <param name="Function">The function's name.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The pattern.</param>
/// <param name="Access">Who may call it; null when it does not say.</param>
internal sealed record MappedRoute(string Function, string Method, string Path, EndpointAccess? Access);

/// <summary>Every function's host, built with settings that name nothing real; none is started.</summary>
internal static class FunctionHosts
{
    // A discard port on loopback: what begins to dial is refused at once and stopped with the host.
    private const string Nowhere = "http://127.0.0.1:9";

    private static readonly Lazy<IReadOnlyList<MappedRoute>> Mapped = new(() =>
    [
        .. Repository.Services.SelectMany(folder => RoutesOf(folder.ToLowerInvariant())
            .OrderBy(route => route.Path, StringComparer.Ordinal).ThenBy(route => route.Method)),
    ]);

    /// <summary>All routes.</summary>
    public static IReadOnlyList<MappedRoute> Routes => Mapped.Value;

    private static List<MappedRoute> RoutesOf(string function)
    {
        WebApplication app = FunctionCatalog.Build(function, Settings());
        try
        {
            return
            [
                .. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)
                    .OfType<RouteEndpoint>()
                    .SelectMany(route => route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
                        .Select(method => new MappedRoute(
                            function,
                            method,
                            route.RoutePattern.RawText!,
                            route.Metadata.GetMetadata<EndpointAccess>()))),
            ];
        }
        finally
        {
            app.Lifetime.StopApplication();
            ((IDisposable)app).Dispose();
        }
    }

    private static IConfiguration Settings() => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Vault:Address"] = Nowhere,
            ["Vault:LoginMethod"] = "Token",
            ["Vault:Token"] = "none",
            ["Postgres:Host"] = "/nowhere",
            ["Postgres:Database"] = "souk",
            ["Redis:Endpoint"] = "127.0.0.1:9",
            ["Firebase:ProjectId"] = "souk-nowhere",
            ["Firebase:KeysUrl"] = Nowhere,
            ["Firebase:IdentityUrl"] = Nowhere,
            ["Firebase:TokenUrl"] = Nowhere,
            ["MetaKeep:BaseUrl"] = Nowhere,
            ["MetaKeep:SignedHost"] = "nowhere.invalid",
            ["Broker:Url"] = Nowhere,
            ["Site:Domain"] = "nowhere.invalid",
            ["Site:Uri"] = "https://nowhere.invalid",
            ["Site:Issuer"] = "https://nowhere.invalid",
            ["Chains:0:Id"] = "1",
            ["Chains:0:Name"] = "nowhere",
            ["Chains:0:AlchemyNetwork"] = "eth-nowhere",
            ["Chains:0:NotifyNetwork"] = "ETH_NOWHERE",
            ["Chains:0:RpcUrl"] = Nowhere,
            ["Chains:0:Seaport"] = "0x0000000000000000000000000000000000000001",
            ["Chains:0:ConduitController"] = "0x0000000000000000000000000000000000000002",
            ["Chains:0:Zone"] = "0x0000000000000000000000000000000000000003",
            ["Chains:0:PlatformFeeRecipient"] = "0x0000000000000000000000000000000000000004",
        })
        .Build();
}
