using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Souk.Domain.Failures;

namespace Souk.Platform.Http;

/// <summary>Says of a request that could not be bound which field is wrong, and never repeats its value.</summary>
internal static class MalformedRequest
{
    internal static Failure Explain(BadHttpRequestException exception) => exception.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout =>
            new Failure(FailureCode.RequestTimeout, "The body did not arrive in time."),
        StatusCodes.Status413PayloadTooLarge => new Failure(FailureCode.PayloadTooLarge, "The body is too large."),
        StatusCodes.Status415UnsupportedMediaType =>
            new Failure(FailureCode.UnsupportedMediaType, "The body must be application/json."),
        _ when exception.InnerException is JsonException json => Explain(json),
        _ => Parameter(exception.Message),
    };

    /// <summary>Names the parameters that a bare refusal may be about.</summary>
    /// <remarks>
    /// The framework refuses an optional value that does not parse without a word; the endpoint's metadata still tells
    /// which parameters it parses, and the query which of them came.
    /// </remarks>
    internal static Failure ExplainQuery(HttpContext context)
    {
        IReadOnlyList<IParameterBindingMetadata> parameters =
            context.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [];
        string[] suspects =
        [
            .. parameters
                .Where(it => it.HasTryParse && context.Request.Query.ContainsKey(it.Name))
                .Select(it => it.Name),
        ];
        return suspects switch
        {
            [] => new Failure(FailureCode.InvalidRequest, "The request is malformed."),
            [string one] => Malformed(one),
            _ => new Failure(
                FailureCode.InvalidRequest, $"One of the parameters {string.Join(", ", suspects)} is malformed."),
        };
    }

    internal static Failure Explain(JsonException exception)
    {
        string path = (string.IsNullOrEmpty(exception.Path) ? "$" : exception.Path) + Missing(exception.Message);
        return new Failure(FailureCode.InvalidRequest, $"The value at {path} is missing, unknown or malformed.")
        {
            Field = path,
        };
    }

    /// <remarks>
    /// The framework's path is the object's; only its message names what is missing: ... required properties including:
    /// 'a', 'b'. Compiled ahead of time the text is left out: JsonRequiredPropertiesMissing, Type, 'a', 'b'.
    /// </remarks>
    private static string Missing(string message)
    {
        int lead = Math.Max(
            message.IndexOf("properties including: ", StringComparison.Ordinal),
            message.IndexOf("JsonRequiredPropertiesMissing", StringComparison.Ordinal));
        string[] parts = lead < 0 ? [] : message[lead..].Split('\'', 3);
        return parts.Length == 3 ? $".{parts[1]}" : "";
    }

    /// <remarks>The framework's message is: Required parameter "Type name" was not provided from ...; or Failed to bind
    /// parameter "Type name" from "value". Only the parameter's name is repeated.</remarks>
    private static Failure Parameter(string message)
    {
        string[] parts = message.Split('"');
        return parts.Length < 2
            ? new Failure(FailureCode.InvalidRequest, "The request is malformed.")
            : Malformed(parts[1].Split(' ')[^1]);
    }

    private static Failure Malformed(string parameter) =>
        new(FailureCode.InvalidRequest, $"The parameter {parameter} is missing or malformed.") { Field = parameter };
}
