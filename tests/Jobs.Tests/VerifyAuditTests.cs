using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Souk.Harness;
using Souk.Platform.CloudEvents;
using Souk.Platform.Logging;
using Souk.Platform.Postgres;

namespace Souk.Jobs.Tests;

public sealed class VerifyAuditTests(SharedWorld world) : IAsyncLifetime
{
    private Housekeeping _jobs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _jobs = await Housekeeping.StartAsync(world);
        foreach (string room in new[] { "marketplace", "signing", "auth", "signing", "jobs" })
        {
            await _jobs.App.Database.ExecuteAsync(
                """SELECT append_audit($1, gen_random_uuid(), 'policy.approve', 'policy/1', '{"rule": 7}', now())""",
                Token,
                room);
        }
    }

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public async Task Finds_a_chain_sound_that_nobody_touched()
    {
        Assert.Contains("sound", await VerifyAsync(), StringComparison.Ordinal);
        Assert.Equal(204, await _jobs.TickAsync("verify-audit"));
    }

    [Fact]
    public async Task Finds_an_empty_chain_sound()
    {
        await _jobs.App.Database.ExecuteAsync("TRUNCATE audit", Token);

        Assert.Contains("sound", await VerifyAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE audit SET room = 'auth' WHERE sequence = 2", 2)]
    [InlineData("UPDATE audit SET actor = gen_random_uuid() WHERE sequence = 2", 2)]
    [InlineData("UPDATE audit SET action = 'policy.refuse' WHERE sequence = 2", 2)]
    [InlineData("UPDATE audit SET subject = 'policy/2' WHERE sequence = 2", 2)]
    [InlineData("""UPDATE audit SET detail = '{"rule": 8}' WHERE sequence = 2""", 2)]
    [InlineData("UPDATE audit SET happened_at = happened_at - interval '1 microsecond' WHERE sequence = 2", 2)]
    [InlineData("UPDATE audit SET hash = sha256('x') WHERE sequence = 5", 5)]
    [InlineData("DELETE FROM audit WHERE sequence = 1", 2)]
    [InlineData("DELETE FROM audit WHERE sequence = 3", 4)]
    // Recomputed by one who knows how: then the next row no longer follows.
    [InlineData(
        """
        UPDATE audit SET subject = 'policy/2', hash = audit_hash(
            previous_hash, sequence, room, actor, action, 'policy/2', detail, happened_at) WHERE sequence = 3
        """, 4)]
    public async Task Names_the_first_row_at_which_the_chain_breaks(string tampering, int sequence)
    {
        await _jobs.App.Database.ExecuteAsync(tampering, Token);

        string log = await VerifyAsync();

        Assert.Contains("\"level\":\"error\"", log, StringComparison.Ordinal);
        Assert.Contains($"\"Sequence\":{sequence}", log, StringComparison.Ordinal);
    }

    /// <summary>Runs the check on the room's own connection and answers what it logged.</summary>
    private async Task<string> VerifyAsync()
    {
        using MemoryStream output = new();
        using LoggerFactory loggers = new([new JsonLoggerProvider("jobs", TimeProvider.System, output)]);
        ReceivedEvent tick = new(
            "1", "/test", ReceivedEvent.PingType, null, null, new Dictionary<string, string>(), default);
        await VerifyAudit.HandleAsync(new EventContext(
            tick, new Clients(_jobs.App.Services.GetRequiredService<Database>(), loggers), Token));
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private sealed class Clients(Database database, ILoggerFactory loggers) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(Database) ? database : loggers;
    }
}
