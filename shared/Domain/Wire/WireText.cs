using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Souk.Domain.Wire;

/// <summary>
/// The one text of each member of a closed list, in JSON and in the database: its name in snake_case.
/// </summary>
/// <remarks>So a published member is never renamed.</remarks>
public static class WireText
{
    /// <summary>The member's text.</summary>
    /// <exception cref="KeyNotFoundException">The value is no member of the list.</exception>
    public static string Of<T>(T value)
        where T : struct, Enum => Table<T>.Texts[value];

    /// <summary>Reads exactly the text of a member; false for anything else.</summary>
    public static bool TryParse<T>(string? text, out T value)
        where T : struct, Enum
    {
        value = default;
        return text is not null && Table<T>.Values.TryGetValue(text, out value);
    }

    /// <summary>Reads exactly the text of a member.</summary>
    /// <exception cref="FormatException">The text is no member's. The message does not repeat it.</exception>
    public static T Parse<T>(string? text)
        where T : struct, Enum =>
        TryParse(text, out T value) ? value : throw new FormatException($"The text is not a {typeof(T).Name}.");

    private static class Table<T>
        where T : struct, Enum
    {
        internal static readonly FrozenDictionary<T, string> Texts = Enum.GetValues<T>()
            .ToFrozenDictionary(it => it, it => JsonNamingPolicy.SnakeCaseLower.ConvertName(it.ToString()));

        internal static readonly FrozenDictionary<string, T> Values =
            Texts.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
    }
}

/// <summary>Reads and writes a member of a closed list as its <see cref="WireText"/>, never as a number.</summary>
/// <typeparam name="T">The list.</typeparam>
public sealed class WireTextJsonConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">The token is no string, or no member's text.</exception>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && WireText.TryParse(reader.GetString(), out T value)
            ? value
            : throw new JsonException($"The text is not a valid {typeof(T).Name}.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(WireText.Of(value));
    }
}
