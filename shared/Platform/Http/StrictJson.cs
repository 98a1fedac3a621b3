using System.Text.Json;
using System.Text.Json.Serialization;

namespace Souk.Platform.Http;

/// <summary>How our own API reads JSON: strictly. Vendors' messages, by contrast, ignore unknown members.</summary>
public static class StrictJson
{
    /// <summary>Sets the four strict options, so that an absent, null, unknown or repeated member is refused.</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.AllowDuplicateProperties = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.MaxDepth = 32;
    }
}
