using Npgsql;
using Souk.Domain.Failures;
using Souk.Local.Servers;
using Souk.Platform.Vault;

namespace Souk.Platform.Tests.Vault;

/// <summary>One PostgreSQL for all of these tests; each has a login user of its own.</summary>
public sealed class VaultDatabaseServer : IAsyncLifetime
{
    private LocalPostgres? _postgres;
    private int _users;

    internal LocalPostgres Postgres => _postgres!;

    public async ValueTask InitializeAsync() => _postgres = await LocalPostgres.StartAsync(
        new LocalPostgresOptions { IsDurable = false }, _ => { }, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Postgres.DisposeAsync();

    internal async Task<string> NewUserAsync(CancellationToken cancellationToken)
    {
        string name = $"auth \"user\" {Interlocked.Increment(ref _users)}";
        await using NpgsqlConnection admin = new(Postgres.AdminConnectionString());
        await admin.OpenAsync(cancellationToken);
        await using NpgsqlCommand create = new(
            $"CREATE ROLE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\" LOGIN", admin);
        await create.ExecuteNonQueryAsync(cancellationToken);
        return name;
    }
}

public sealed class VaultDatabaseTests(VaultDatabaseServer server) : VaultTests, IClassFixture<VaultDatabaseServer>
{
    private const string Path = "database/static-creds/auth";

    [Fact]
    public async Task Reads_a_password_that_opens_the_database()
    {
        VaultClient client = await ClientOfRoleAsync();

        DatabaseCredential credential = await client.ReadDatabaseCredentialAsync("auth", Token);

        await ConnectAsync(credential);
    }

    [Fact]
    public async Task Reads_a_fresh_password_after_the_database_refused_the_one_in_hand()
    {
        VaultClient client = await ClientOfRoleAsync();
        DatabaseCredential old = await client.ReadDatabaseCredentialAsync("auth", Token);
        await Bench.StandIn.RotateStaticRoleAsync("auth", Token);
        PostgresException refused = await Assert.ThrowsAsync<PostgresException>(() => ConnectAsync(old));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        Assert.Equal(old, await client.ReadDatabaseCredentialAsync("auth", Token));

        DatabaseCredential fresh = await client.ReadDatabaseCredentialAsync("auth", forceFresh: true, Token);

        await ConnectAsync(fresh);
        Assert.Equal(2, Bench.CallsTo(Path));
    }

    [Fact]
    public async Task Reads_a_fresh_password_once_the_rotation_is_due()
    {
        VaultClient client = await ClientOfRoleAsync();
        DatabaseCredential old = await client.ReadDatabaseCredentialAsync("auth", Token);
        Bench.Clock.Advance(TimeSpan.FromDays(1));
        Bench.WriteServiceAccountToken();

        DatabaseCredential fresh = await client.ReadDatabaseCredentialAsync("auth", Token);

        Assert.NotEqual(old.Password, fresh.Password);
        await ConnectAsync(fresh);
    }

    [Fact]
    public async Task Keeps_the_password_until_two_thirds_of_its_time_to_live()
    {
        VaultClient client = await ClientOfRoleAsync();
        await client.ReadDatabaseCredentialAsync("auth", Token);
        Bench.Clock.Advance(TimeSpan.FromHours(15));
        await client.ReadDatabaseCredentialAsync("auth", Token);
        Assert.Equal(1, Bench.CallsTo(Path));
        Bench.Clock.Advance(TimeSpan.FromHours(2));

        await client.ReadDatabaseCredentialAsync("auth", Token);

        Assert.Equal(2, Bench.CallsTo(Path));
    }

    [Fact]
    public async Task Fails_for_a_role_that_vault_does_not_know()
    {
        Bench.StandIn.ConfigureDatabase(server.Postgres.AdminConnectionString());

        FailureException refusal = await Assert.ThrowsAsync<FailureException>(
            () => Bench.NewClient().ReadDatabaseCredentialAsync("auth", Token));

        Assert.Equal(FailureCode.UpstreamUnavailable, refusal.Failure.Code);
    }

    private async Task<VaultClient> ClientOfRoleAsync()
    {
        Bench.StandIn.ConfigureDatabase(server.Postgres.AdminConnectionString());
        await Bench.StandIn.CreateStaticRoleAsync("auth", await server.NewUserAsync(Token), Token);
        return Bench.NewClient();
    }

    private async Task ConnectAsync(DatabaseCredential credential)
    {
        NpgsqlConnectionStringBuilder settings = new(
            server.Postgres.ConnectionString("postgres", credential.UserName, credential.Password))
        {
            Pooling = false,
        };
        await using NpgsqlConnection connection = new(settings.ConnectionString);
        await connection.OpenAsync(Token);
    }
}
