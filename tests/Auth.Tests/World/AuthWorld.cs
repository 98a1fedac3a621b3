using Souk.Auth.Tests.World;
using Souk.Domain.Chain;
using Souk.Local.Servers;
using Souk.Migrate;

[assembly: AssemblyFixture(typeof(AuthWorld))]

namespace Souk.Auth.Tests.World;

/// <summary>What all rooms share: a PostgreSQL with a migrated template, a RESP server, and a chain.</summary>
public sealed class AuthWorld : IAsyncLifetime
{
    internal const string Template = "souk_template";
    private const ulong Chain = 31337;
    private int _count;
    private int _days;

    internal LocalPostgres Postgres { get; private set; } = null!;

    internal RespServer Redis { get; private set; } = null!;

    internal EvmNode Node { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        Task<EvmNode> node = EvmNode.StartAsync(new EvmNodeOptions(new ChainId(Chain)), cancellationToken);
        Postgres = await StartPostgresAsync(cancellationToken);
        Redis = RespServer.Start(AuthFunction.Name);
        Node = await node;
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Redis.Dispose();
        await Postgres.DisposeAsync();
    }

    /// <summary>A day that no other room begins on: their tries are counted in the same Redis, by the minute.</summary>
    internal DateTimeOffset NextDay() =>
        new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero).AddDays(100 * Interlocked.Increment(ref _days));

    /// <summary>A name that no other room of this run has.</summary>
    internal string NextName() => $"auth_{Interlocked.Increment(ref _count)}";

    internal static async Task<LocalPostgres> StartPostgresAsync(CancellationToken cancellationToken)
    {
        LocalPostgres postgres = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { IsDurable = false }, _ => { }, cancellationToken);
        await postgres.CreateDatabaseAsync(Template, null, cancellationToken);
        await Migrator.RunAsync(
            postgres.AdminConnectionString(Template), MigrationScript.All, _ => { }, cancellationToken);
        return postgres;
    }
}
