using Microsoft.AspNetCore.Routing;

namespace Souk.Platform.Hosting;

/// <summary>
/// One function: what it uses and what it answers. Its own program hosts it, and so may the supervisor.
/// </summary>
public interface IFunction
{
    /// <summary>
    /// The one word it goes by everywhere: folder, image, service, service account, Vault role, database role.
    /// </summary>
    public static abstract string Name { get; }

    /// <summary>Says which shared clients it uses.</summary>
    public static abstract void Configure(FunctionBuilder builder);

    /// <summary>Maps its use cases.</summary>
    public static abstract void Map(IEndpointRouteBuilder routes);
}
