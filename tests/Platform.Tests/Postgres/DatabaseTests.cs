using Npgsql;
using Souk.Domain.Failures;
using Souk.Harness;
using Souk.Local.Outside;
using Souk.Platform.Postgres;
using Souk.Platform.Randomness;
using Souk.Platform.Tests.Hosting;

namespace Souk.Platform.Tests.Postgres;

public sealed class DatabaseTests(RoomDatabases rooms) : IClassFixture<RoomDatabases>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keeps_nothing_of_a_unit_of_work_that_throws()
    {
        Database database = rooms.As("marketplace");
        string id = Guid.NewGuid().ToString();

        await Assert.ThrowsAsync<TimeoutException>(() => database.WriteAsync(
            async transaction =>
            {
                await Inbox.TryTakeAsync(transaction, "/test", id, Token);
                throw new TimeoutException();
            },
            Token));

        Assert.Equal(0L, await rooms.Admin.FindAsync<long>("SELECT count(*) FROM inbox WHERE id = $1", Token, id));
    }

    [Fact]
    public async Task Runs_the_victim_of_a_deadlock_again()
    {
        Database database = rooms.As("marketplace");
        await TakeLeaseAsync(database, "left");
        await TakeLeaseAsync(database, "right");
        using Barrier bothHoldOne = new(2);
        int runs = 0;

        await Task.WhenAll(TouchAsync("left", "right"), TouchAsync("right", "left"));

        Assert.Equal(3, runs);

        Task TouchAsync(string first, string second)
        {
            bool isFirstRun = true;
            return Task.Run(() => database.WriteAsync(
                async transaction =>
                {
                    Interlocked.Increment(ref runs);
                    // The victim's second run may overtake who waited for it: in one order, nobody deadlocks again.
                    (string one, string other) = isFirstRun ? (first, second) : ("left", "right");
                    await TouchLeaseAsync(transaction, one);
                    if (isFirstRun)
                        bothHoldOne.SignalAndWait(Token);
                    isFirstRun = false;
                    await TouchLeaseAsync(transaction, other);
                },
                Token));
        }
    }

    [Fact]
    public async Task Gives_up_after_three_serialization_failures_and_calls_it_transient()
    {
        int runs = 0;

        PostgresException exception = await Assert.ThrowsAsync<PostgresException>(() => rooms.As("auth").WriteAsync(
            transaction =>
            {
                runs++;
                return transaction.ExecuteAsync("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", [], Token);
            },
            Token));

        Assert.Equal(3, runs);
        Assert.Equal(FailureCode.UpstreamUnavailable, PostgresFailures.Classify(exception).Code);
    }

    [Theory]
    [InlineData("57P01", FailureCode.UpstreamUnavailable)]
    [InlineData("53300", FailureCode.UpstreamUnavailable)]
    [InlineData("40P01", FailureCode.UpstreamUnavailable)]
    [InlineData("28P01", FailureCode.UpstreamUnavailable)]
    [InlineData("23505", FailureCode.Internal)]
    [InlineData("42501", FailureCode.Internal)]
    [InlineData("42P01", FailureCode.Internal)]
    public void Tells_what_may_pass_from_what_is_our_defect(string sqlState, FailureCode code)
    {
        Failure failure = PostgresFailures.Classify(new PostgresException("secret text", "ERROR", "ERROR", sqlState));

        Assert.Equal(code, failure.Code);
        Assert.DoesNotContain("secret", $"{failure.Detail} {failure.Internal}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_unavailable_when_no_server_is_there()
    {
        await using Database nowhere = new(
            "auth",
            new PostgresOptions { Host = "/nowhere", Database = "souk" },
            (_, _) => Task.FromResult(new Platform.Vault.DatabaseCredential("auth_login", "any")),
            TimeProvider.System,
            EntropySource.System,
            sender: null,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<Database>.Instance);

        NpgsqlException exception = await Assert.ThrowsAnyAsync<NpgsqlException>(
            () => nowhere.ReadAsync(_ => Task.FromResult(1), Token));

        Assert.Equal(FailureCode.UpstreamUnavailable, PostgresFailures.Classify(exception).Code);
    }

    [Fact]
    public async Task Freezes_the_time_of_a_unit_of_work()
    {
        Database database = rooms.As("marketplace");

        (DateTimeOffset first, DateTimeOffset last) = await database.WriteAsync(
            async transaction =>
            {
                DateTimeOffset start = transaction.Now;
                await transaction.ExecuteAsync("SELECT pg_sleep(0.01)", [], Token);
                return (start, transaction.Now);
            },
            Token);

        Assert.Equal(first, last);
    }

    [Fact]
    public async Task Goes_on_when_Vault_has_rotated_the_password_under_open_connections()
    {
        await using World own = await World.StartAsync(new WorldOptions(), _ => { }, Token);
        await using FunctionApp<EdgeFunction> app = await FunctionApp.StartAsync<EdgeFunction>(own, Token);
        Database database = EdgeApp.Get<Database>(app);

        string[] users = await database.ReadAsync(
            async first =>
            {
                await own.Vault.RotateStaticRoleAsync("marketplace", Token);
                string second = await database.ReadAsync(UserOfAsync, Token);
                return new[] { await UserOfAsync(first), second };
            },
            Token);
        string[] after = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => database.ReadAsync(UserOfAsync, Token)));

        Assert.All(users.Concat(after), user => Assert.Equal("marketplace_login", user));
    }

    private static async Task<string> UserOfAsync(Transaction transaction) =>
        (await transaction.ListAsync("SELECT current_user::text", [], row => row.Text(0), Token)).Single();

    private static Task TakeLeaseAsync(Database database, string name) => database.WriteAsync(
        transaction => Lease.TryTakeAsync(transaction, name, TimeSpan.FromMinutes(1), Token), Token);

    private static Task TouchLeaseAsync(Transaction transaction, string name) => transaction.ExecuteAsync(
        "UPDATE leases SET held_until = held_until WHERE name = $1", [name], Token);
}
