using Souk.Platform.Hosting;

namespace Souk.Auth;

/// <summary>The auth room: what it uses and what it answers.</summary>
public sealed class AuthFunction : IFunction
{
    /// <inheritdoc/>
    public static string Name => "auth";

    /// <inheritdoc/>
    public static void Configure(FunctionBuilder builder) =>
        builder.UsePostgres().UseAccessTokens().UseChains();

    /// <inheritdoc/>
    public static void Map(IEndpointRouteBuilder routes)
    {
    }
}
