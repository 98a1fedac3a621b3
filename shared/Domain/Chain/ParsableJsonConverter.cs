using System.Text.Json;
using System.Text.Json.Serialization;

namespace Souk.Domain.Chain;

/// <summary>Writes a value as its canonical text and reads it back with its one strict parser.</summary>
/// <remarks>
/// Reads a JSON string only, never a number or <c>null</c>. Public, for a source-generated context in another
/// assembly must be able to name it (SYSLIB1220). What was read is never repeated in the message.
/// </remarks>
/// <typeparam name="T">A type whose <see cref="object.ToString"/> its parser accepts.</typeparam>
public sealed class ParsableJsonConverter<T> : JsonConverter<T>
    where T : IParsable<T>
{
    /// <summary>True, so that <c>null</c> is refused here and not turned into a default value.</summary>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    /// <exception cref="JsonException">The token is no string, or its text is not of the type.</exception>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw Bad();
        return ReadText(ref reader);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value?.ToString());
    }

    /// <inheritdoc/>
    public override T ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadText(ref reader);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(value.ToString() ?? throw Bad());
    }

    private static T ReadText(ref Utf8JsonReader reader) =>
        T.TryParse(StrictUtf8.ReadString(ref reader), null, out T? value) ? value : throw Bad();

    private static JsonException Bad() => new($"The text is not a valid {typeof(T).Name}.");
}
