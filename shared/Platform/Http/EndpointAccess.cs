using Microsoft.AspNetCore.Builder;

namespace Souk.Platform.Http;

/// <summary>Who may call an endpoint. One without this metadata answers nobody.</summary>
/// <param name="Scope">The scope the caller's token must hold; null when anyone may call.</param>
/// <param name="IsAdmin">Whether the token must be for the administrators' host.</param>
/// <param name="AnonymousReason">Why no token is asked for; null when one is.</param>
public sealed record EndpointAccess(string? Scope, bool IsAdmin, string? AnonymousReason);

/// <summary>Says at the endpoint who may call it.</summary>
public static class EndpointAccessExtensions
{
    /// <summary>Only a token of the users' host with this scope.</summary>
    public static T RequireScope<T>(this T builder, string scope)
        where T : IEndpointConventionBuilder =>
        builder.WithMetadata(new EndpointAccess(scope, IsAdmin: false, AnonymousReason: null));

    /// <summary>Only a token of the administrators' host with this scope.</summary>
    public static T RequireAdminScope<T>(this T builder, string scope)
        where T : IEndpointConventionBuilder =>
        builder.WithMetadata(new EndpointAccess(scope, IsAdmin: true, AnonymousReason: null));

    /// <summary>Anyone, for the reason given; the golden list of such endpoints is a test.</summary>
    public static T AllowAnyone<T>(this T builder, string reason)
        where T : IEndpointConventionBuilder =>
        builder.WithMetadata(new EndpointAccess(Scope: null, IsAdmin: false, reason));
}
