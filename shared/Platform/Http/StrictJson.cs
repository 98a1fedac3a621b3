using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

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

    /// <summary>How events' data are read: as strictly, but a newer sender's further members are let pass.</summary>
    public static JsonTypeInfo<T> ForEvents<T>(JsonTypeInfo<T> json)
    {
        ArgumentNullException.ThrowIfNull(json);
        JsonSerializerOptions options = new() { TypeInfoResolver = json.OriginatingResolver };
        Apply(options);
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }
}
