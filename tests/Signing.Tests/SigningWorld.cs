using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Harness;
using Souk.Local.Outside;
using Souk.Local.Servers;

namespace Souk.Signing.Tests;

/// <summary>The signing room over HTTP, with a real database and chain, and the stand-ins.</summary>
/// <remarks>
/// Nobody else delivers events: a test delivers those it wants, when it wants, as often as it wants. One world for all
/// classes, one after the other: they share the chain's one wallet and its nonces.
/// </remarks>
public class SigningWorld : IAsyncLifetime
{
    /// <summary>How many nonces of the wallet may wait for the chain at once.</summary>
    public const int Window = 10;

    private FunctionApp<SigningFunction> _app = null!;
    private int _recipients;

    public World World { get; private set; } = null!;

    public WorldChain Chain => World.Chains[0];

    public EvmNode Node => Chain.Node;

    public Address Wallet => Chain.Signer.Wallet.Address;

    /// <summary>The database that the room keeps its rows in.</summary>
    public string DatabaseName => _app.Database.Name;

    /// <summary>May ask for transactions and read them, propose and approve.</summary>
    public TestPerson Operator { get; private set; } = null!;

    /// <summary>Another of the same.</summary>
    public TestPerson Colleague { get; private set; } = null!;

    /// <summary>What it is made of.</summary>
    protected virtual WorldOptions Options => new() { Chains = [LocalChain.Ethereum] };

    /// <summary>The hashes of what was sent from the wallet outside of Souk.</summary>
    public HashSet<string> Foreign { get; } = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        World = await World.StartAsync(Options, _ => { }, Cancelled);
        Dictionary<string, string?> settings = new()
        {
            // Nobody listens: announcements stay in the outbox, where tests look for them.
            ["Broker:Url"] = "http://127.0.0.1:9/",
            // One attempt a call, so that a scripted fault is what the room sees.
            ["MetaKeep:RetriesMax"] = "0",
            ["Alchemy:RetriesMax"] = "0",
            ["Signers:0:WindowMax"] = Window.ToString(CultureInfo.InvariantCulture),
            ["Signers:0:BalanceWeiMin"] = "1000000000000000000",
            ["Consents:0:ChainId"] = Chain.Plan.Id.ToString(),
            ["Consents:0:Contract"] = Chain.Contracts.Collection.ToString(),
            ["Consents:0:Function"] = "approve(address,uint256)",
        };
        _app = await FunctionApp.StartAsync<SigningFunction>(
            World, new FunctionAppOptions { Settings = settings }, Cancelled);
        Operator = await AddPersonAsync(Role.Operator);
        Colleague = await AddPersonAsync(Role.Operator);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _app.DisposeAsync();
        await World.DisposeAsync();
    }

    /// <summary>Starts the room anew, as after a crash: nothing in its memory is left.</summary>
    public Task RestartAsync() => _app.RestartAsync(Cancelled);

    /// <summary>A signed-in person with this role, at the administrators' door unless another is named.</summary>
    public Task<TestPerson> AddPersonAsync(Role role, TokenAudience audience = TokenAudience.Admin) =>
        _app.SignInAsync(audience, Cancelled, role);

    /// <summary>POSTs as somebody, under this idempotency key or a new one.</summary>
    public Task<ApiAnswer> PostAsync(TestPerson? person, string path, JsonObject body, string? key = null) =>
        (person?.Api ?? _app.Anonymous).PostAsync(
            path, body.ToJsonString(), key ?? Guid.NewGuid().ToString(), Cancelled);

    public Task<ApiAnswer> GetAsync(TestPerson? person, string path) =>
        (person?.Api ?? _app.Anonymous).GetAsync(path, Cancelled);

    public static Task<ApiAnswer> DeleteAsync(TestPerson person, string path) =>
        person.Api.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), Cancelled);

    /// <summary>Delivers an event and answers the status that the broker would see.</summary>
    public Task<int> DeliverAsync(string type, JsonObject data) =>
        _app.TakeEventAsync(type, "/signing", data.ToJsonString(), Cancelled);

    /// <summary>Delivers the announcement of a queued transaction.</summary>
    public Task<int> DeliverQueuedAsync(JsonElement queued) => DeliverAsync(
        "souk.transaction.queued.v1",
        new JsonObject
        {
            ["transactionId"] = queued.GetProperty("id").GetString(),
            ["chainId"] = 1,
            ["signer"] = queued.GetProperty("signerId").GetString(),
        });

    /// <summary>Delivers a hint at the chain.</summary>
    public Task<int> DeliverHintAsync() => DeliverAsync(
        "souk.chain.hinted.v1", new JsonObject { ["chainId"] = 1, ["blockNumber"] = null });

    /// <summary>Fires the schedule.</summary>
    public Task<int> TickAsync() => _app.TakeTickAsync("confirm", Cancelled);

    /// <summary>Reads one value as the database's administrator.</summary>
    public async Task<T> ReadAsync<T>(string sql) => (await _app.Database.FindAsync<T>(sql, Cancelled))!;

    /// <summary>Changes rows as the database's administrator.</summary>
    public Task SqlAsync(string sql) => _app.Database.ExecuteAsync(sql, Cancelled);

    /// <summary>From now on the database fails each write that moves a transaction to one of these.</summary>
    public Task BreakAsync(params string[] statuses) => SqlAsync($"""
        CREATE OR REPLACE FUNCTION fail_write() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'No space left.' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER broken BEFORE UPDATE ON transactions FOR EACH ROW
            WHEN (NEW.status <> OLD.status AND NEW.status IN ('{string.Join("', '", statuses)}'))
            EXECUTE FUNCTION fail_write()
        """);

    /// <summary>The database is well again.</summary>
    public Task MendAsync() => SqlAsync("DROP TRIGGER IF EXISTS broken ON transactions");

    /// <summary>Lets an hour pass for what waits for the chain.</summary>
    public Task AgeAsync() => SqlAsync("""
        UPDATE transaction_attempts SET given_at = given_at - interval '1 hour';
        UPDATE transactions SET updated_at = updated_at - interval '1 hour' WHERE finalized_at IS NULL
        """);

    /// <summary>An address that nobody used before.</summary>
    public Address NewAddress()
    {
        UInt256 number = (ulong)Interlocked.Increment(ref _recipients) + 0x50_0000UL;
        return new Address(number.ToBytes32().ToArray().AsSpan(12));
    }
}

/// <summary>What tests ask of answers.</summary>
public static class AnswerText
{
    /// <summary>A member of the body, as text.</summary>
    public static string Text(this ApiAnswer answer, string name) => answer.Json.GetProperty(name).ToString();
}

/// <summary>Two chains with twenty wallets each, all of which may mint in their chain's collection.</summary>
public sealed class ManySigners : SigningWorld
{
    /// <summary>How many wallets the platform has on each chain.</summary>
    public const int PerChain = 20;

    protected override WorldOptions Options => new() { Chains = LocalChain.All, SignersPerChain = PerChain };
}

[CollectionDefinition(Name)]
public sealed class SigningCollection : ICollectionFixture<SigningWorld>
{
    public const string Name = "signing";
}
