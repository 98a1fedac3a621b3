using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;

namespace Souk.Platform.Http;

/// <summary>Says at an endpoint how large a body it takes; the router sets the server's limit by it.</summary>
public static class BodyLimit
{
    /// <summary>Takes bodies of up to so many bytes; a larger one is refused with <c>payload_too_large</c>.</summary>
    public static T LimitBody<T>(this T builder, long bytesMax)
        where T : IEndpointConventionBuilder => builder.WithMetadata(new Metadata(bytesMax));

    private sealed record Metadata(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
