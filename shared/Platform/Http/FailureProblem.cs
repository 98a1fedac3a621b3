using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using Souk.Domain.Failures;
using Souk.Platform.Postgres;
using Souk.Platform.Telemetry;

namespace Souk.Platform.Http;

/// <summary>Turns what a request threw into a failure, and a failure into RFC 9457 problem details.</summary>
public static partial class FailureProblem
{
    /// <summary>The media type of every refusal.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>The failure that an exception means; anything unnamed is <c>internal</c>.</summary>
    public static Failure FailureOf(Exception exception) => exception switch
    {
        FailureException carried => carried.Failure,
        BadHttpRequestException bad => MalformedRequest.Explain(bad),
        OutboundLostException lost => Unavailable(lost.Dependency),
        NpgsqlException postgres => PostgresFailures.Classify(postgres),
        TimeoutException or OperationCanceledException => Unavailable("a dependency"),
        _ => new Failure(FailureCode.Internal, "Something failed on our side."),
    };

    /// <summary>Writes the failure; its internal half goes to the log alone.</summary>
    public static async Task WriteAsync(HttpContext context, Failure failure, Exception? cause, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(failure);
        FailureStatus row = FailureStatus.Of(failure.Code);
        SoukMeter.Refusals.Add(1, new KeyValuePair<string, object?>("code", row.Name));
        if (row.Status >= 500)
            Log.Failed(logger, row.Name, failure.Internal ?? failure.Detail, cause);
        else
            Log.Refused(logger, row.Name, failure.Internal ?? failure.Detail);

        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = row.Status;
        context.Response.ContentType = MediaType;
        if (failure.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        if (row.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";

        await using Utf8JsonWriter writer = new(context.Response.BodyWriter);
        Write(writer, row, failure);
        await writer.FlushAsync(CancellationToken.None);
    }

    private static void Write(Utf8JsonWriter writer, FailureStatus row, Failure failure)
    {
        writer.WriteStartObject();
        writer.WriteString("type", $"urn:souk:problem:{row.Name}");
        writer.WriteString("title", row.Title);
        writer.WriteNumber("status", row.Status);
        writer.WriteString("detail", failure.Detail);
        writer.WriteString("code", row.Name);
        if (failure.Field is not null)
            writer.WriteString("field", failure.Field);
        if (failure.RetryAfter is { } wait)
            writer.WriteNumber("retryAfter", Seconds(wait));
        if (Activity.Current is { } activity)
            writer.WriteString("traceId", activity.TraceId.ToHexString());
        writer.WriteEndObject();
    }

    private static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));

    private static Failure Unavailable(string dependency) =>
        new(FailureCode.UpstreamUnavailable, $"{dependency} is unavailable.") { RetryAfter = TimeSpan.FromSeconds(1) };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Refused with {Code}: {Reason}")]
        internal static partial void Refused(ILogger logger, string code, string reason);

        [LoggerMessage(2, LogLevel.Error, "Failed with {Code}: {Reason}")]
        internal static partial void Failed(ILogger logger, string code, string reason, Exception? cause);
    }
}
