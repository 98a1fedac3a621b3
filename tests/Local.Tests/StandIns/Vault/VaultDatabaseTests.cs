using System.Net;
using Npgsql;
using Souk.Local.Servers;

namespace Souk.Local.Tests.StandIns.Vault;

public sealed class VaultDatabaseTests : VaultWireTests
{
    [Fact]
    public async Task Changes_the_real_password_at_creation_on_request_and_when_due()
    {
        await using LocalPostgres postgres = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { IsDurable = false }, _ => { }, Token);
        await using NpgsqlConnection admin = new(postgres.AdminConnectionString());
        await admin.OpenAsync(Token);
        await using NpgsqlCommand create = new("CREATE ROLE auth LOGIN", admin);
        await create.ExecuteNonQueryAsync(Token);
        StandIn.ConfigureDatabase(postgres.AdminConnectionString());

        await StandIn.CreateStaticRoleAsync("auth", "auth", TimeSpan.FromHours(1), Token);
        string first = await OpenAsync(postgres);
        Assert.Equal(204, (await CallAsync("POST", "database/rotate-role/auth")).Status);
        string second = await OpenAsync(postgres);
        Clock.Advance(TimeSpan.FromHours(1));
        string third = await OpenAsync(postgres);

        Assert.Equal(3, new HashSet<string> { first, second, third }.Count);
    }

    [Fact]
    public async Task Says_so_when_the_database_cannot_be_reached()
    {
        StandIn.ConfigureDatabase("Host=/nonexistent;Username=nobody;Timeout=1");

        Exception refusal = await Assert.ThrowsAnyAsync<Exception>(
            () => StandIn.CreateStaticRoleAsync("auth", "auth", Token));

        Assert.Equal("VaultRefusalException", refusal.GetType().Name);
    }

    [Theory]
    [InlineData("GET", "database/static-creds/none", HttpStatusCode.BadRequest, "unknown role: none")]
    [InlineData("POST", "database/rotate-role/none", HttpStatusCode.BadRequest, "unknown role: none")]
    [InlineData("POST", "database/static-creds/none", HttpStatusCode.MethodNotAllowed, "unsupported operation")]
    [InlineData("GET", "database/rotate-role/none", HttpStatusCode.MethodNotAllowed, "unsupported operation")]
    [InlineData("GET", "database/creds/none", HttpStatusCode.NotFound, "unsupported path")]
    public async Task Refuses_what_it_does_not_have(string method, string path, HttpStatusCode status, string error) =>
        await RefusesAsync(CallAsync(method, path), status, error);

    private async Task<string> OpenAsync(LocalPostgres postgres)
    {
        WireAnswer answer = await CallAsync("GET", "database/static-creds/auth");
        Assert.Equal(3600, answer.Data["ttl"]!.GetValue<double>());
        string password = answer.Data["password"]!.GetValue<string>();
        await using NpgsqlConnection connection = new(
            postgres.ConnectionString("postgres", "auth", password) + ";Pooling=false");
        await connection.OpenAsync(Token);
        return password;
    }
}
