using Souk.Platform.Hosting;

namespace Souk.Signing;

/// <summary>The signing room: what it uses and what it answers.</summary>
public sealed class SigningFunction : IFunction
{
    /// <inheritdoc/>
    public static string Name => "signing";

    /// <inheritdoc/>
    public static void Configure(FunctionBuilder builder) =>
        builder.UsePostgres().UseAccessTokens().UseChains();

    /// <inheritdoc/>
    public static void Map(IEndpointRouteBuilder routes)
    {
    }
}
