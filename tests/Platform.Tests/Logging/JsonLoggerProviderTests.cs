using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Souk.Domain.Failures;
using Souk.Platform.Logging;

namespace Souk.Platform.Tests.Logging;

public sealed partial class JsonLoggerProviderTests : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly LoggerFactory _loggers;
    private readonly ILogger _logger;

    public JsonLoggerProviderTests()
    {
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
        _loggers = new LoggerFactory([new JsonLoggerProvider("jobs", clock, _output)]);
        _logger = _loggers.CreateLogger("Souk.Jobs");
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _output.Dispose();
    }

    [Fact]
    public void Writes_one_object_a_line_with_the_messages_fields_by_their_types()
    {
        Log.Counted(_logger, "sold", 3, 1.5, ulong.MaxValue, true, null);

        Assert.Equal(
            """
            {"ts":"2026-06-01T12:00:00.0000000Z","level":"information",
            "msg":"Counted sold: 3, 1.5, 18446744073709551615, True, (null).","function":"jobs","event":"Counted",
            "What":"sold","Count":3,"ElapsedMs":1.5,"Block":18446744073709551615,"IsNew":true,"Gone":null}
            """.ReplaceLineEndings(""),
            Assert.Single(Lines()));
    }

    [Theory]
    [InlineData("a\n{\"level\":\"error\"}\r\n")]
    [InlineData("\"quoted\" \\ and \u0000 \u001b[31m")]
    [InlineData("half a pair: \ud800")]
    [InlineData("</script>")]
    public void Writes_valid_JSON_whatever_is_logged(string text)
    {
        Log.Counted(_logger, text, 0, double.NaN, 0, false, null);

        using JsonDocument line = JsonDocument.Parse(Assert.Single(Lines()));
        Assert.Equal("information", line.RootElement.GetProperty("level").GetString());
    }

    [Fact]
    public void Names_the_trace_and_span_of_its_request()
    {
        using Activity request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        Log.Counted(_logger, "sold", 0, 0, 0, false, null);
        request.Stop();

        using JsonDocument line = JsonDocument.Parse(Assert.Single(Lines()));
        Assert.Equal(request.TraceId.ToHexString(), line.RootElement.GetProperty("trace_id").GetString());
        Assert.Equal(request.SpanId.ToHexString(), line.RootElement.GetProperty("span_id").GetString());
    }

    [Fact]
    public void Writes_of_a_foreign_exception_its_type_and_place_and_never_what_it_says()
    {
        Log.Failed(_logger, Thrown(new InvalidOperationException("hunter2", new FormatException("hunter3"))));

        string line = Assert.Single(Lines());
        using JsonDocument json = JsonDocument.Parse(line);
        Assert.Equal("System.InvalidOperationException", json.RootElement.GetProperty("error.type").GetString());
        Assert.Equal("System.FormatException", json.RootElement.GetProperty("error.inner").GetString());
        Assert.Contains(
            nameof(Thrown), json.RootElement.GetProperty("error.stack").GetString()!, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_of_our_own_failure_what_it_says_to_the_log()
    {
        Failure failure = new(FailureCode.Internal, "for callers", "for the log");

        Log.Failed(_logger, Thrown(new FailureException(failure)));

        Assert.Contains("for the log", Assert.Single(Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_the_frameworks_chatter_out()
    {
        ILogger foreign = _loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel");

        Log.Counted(foreign, "chatter", 0, 0, 0, false, null);
        Log.Failed(foreign, new TimeoutException());

        Assert.Contains("\"level\":\"error\"", Assert.Single(Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public void Goes_on_when_nobody_reads_its_lines()
    {
        using LoggerFactory loggers = new([new JsonLoggerProvider("jobs", TimeProvider.System, new ClosedPipe())]);

        Log.Counted(loggers.CreateLogger("Souk.Jobs"), "unread", 0, 0, 0, false, null);
    }

    [Fact]
    public async Task Keeps_the_lines_of_many_threads_whole()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
                Log.Counted(_logger, new string('x', i), thread, 0, 0, false, null);
        })));

        string[] lines = Lines();
        Assert.Equal(1600, lines.Length);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
    }

    private string[] Lines() =>
        Encoding.UTF8.GetString(_output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception caught) when (ReferenceEquals(caught, exception))
        {
            return caught;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Counted {What}: {Count}, {ElapsedMs}, {Block}, {IsNew}, {Gone}.")]
        internal static partial void Counted(
            ILogger logger, string what, int count, double elapsedMs, ulong block, bool isNew, string? gone);

        [LoggerMessage(2, LogLevel.Error, "Failed.")]
        internal static partial void Failed(ILogger logger, Exception exception);
    }

    private sealed class ClosedPipe : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
