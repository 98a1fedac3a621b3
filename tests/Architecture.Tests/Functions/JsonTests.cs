using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Architecture.Tests.Tree;
using Souk.Platform.Http;

namespace Souk.Architecture.Tests.Functions;

public sealed class JsonTests
{
    [Fact]
    public void Our_api_reads_strictly()
    {
        JsonSerializerOptions options = new();

        StrictJson.Apply(options);

        Assert.True(options.RespectNullableAnnotations);
        Assert.True(options.RespectRequiredConstructorParameters);
        Assert.False(options.AllowDuplicateProperties);
        Assert.Equal(JsonUnmappedMemberHandling.Disallow, options.UnmappedMemberHandling);
        Assert.Equal(JsonNumberHandling.Strict, options.NumberHandling);
    }

    [Fact]
    public void A_context_of_ours_never_fills_in_what_is_missing()
    {
        Rule.Holds(
            OurAssemblies.All.Except([OurAssemblies.Platform]).SelectMany(assembly => assembly.GetTypes())
                .Where(type => type.IsSubclassOf(typeof(JsonSerializerContext)))
                .Where(type => OptionsOf(type) is not
                    { RespectNullableAnnotations: true, RespectRequiredConstructorParameters: true })
                .Select(type => type.FullName!),
            "Set RespectNullableAnnotations and RespectRequiredConstructorParameters in JsonSourceGenerationOptions: "
                + "otherwise an absent member becomes a null or a zero.");
    }

    [Fact]
    public void No_type_is_read_by_reflection() => Assert.False(JsonSerializer.IsReflectionEnabledByDefault);

    private static JsonSerializerOptions OptionsOf(Type context) =>
        ((JsonSerializerContext)context.GetProperty("Default")!.GetValue(null)!).Options;
}
