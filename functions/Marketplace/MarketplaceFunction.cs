using Souk.Platform.Hosting;

namespace Souk.Marketplace;

/// <summary>The marketplace room: what it uses and what it answers.</summary>
public sealed class MarketplaceFunction : IFunction
{
    /// <inheritdoc/>
    public static string Name => "marketplace";

    /// <inheritdoc/>
    public static void Configure(FunctionBuilder builder) =>
        builder.UsePostgres().UseAccessTokens().UseChains();

    /// <inheritdoc/>
    public static void Map(IEndpointRouteBuilder routes)
    {
    }
}
