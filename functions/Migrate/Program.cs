using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Souk.Migrate;
using Souk.Platform.Hosting;
using Souk.Platform.Postgres;
using Souk.Platform.Vault;

// A Kubernetes Job: logs in to Vault as itself, brings the schema up to date, says what it did, and ends.
const string role = "migrate";
IConfiguration configuration = FunctionHost.ReadConfiguration(args);
PostgresOptions postgres = configuration.GetSection("Postgres").Get<PostgresOptions>()
    ?? throw new InvalidOperationException("The settings have no Postgres section.");
VaultOptions vaultOptions = configuration.GetSection("Vault").Get<VaultOptions>() ?? new VaultOptions();
vaultOptions.Role ??= role;

using VaultClient vault =
    VaultRegistration.CreateClient(vaultOptions, TimeProvider.System, NullLogger<VaultClient>.Instance);
DatabaseCredential credential = await vault.ReadDatabaseCredentialAsync(role, CancellationToken.None);
NpgsqlConnectionStringBuilder connection = new()
{
    Host = postgres.Host,
    Port = postgres.Port,
    Database = postgres.Database,
    Username = credential.UserName,
    Password = credential.Password,
    SslMode = postgres.Tls ? SslMode.VerifyFull : SslMode.Disable,
    RootCertificate = postgres.RootCertificatePath,
};
int count = await Migrator.RunAsync(
    connection.ConnectionString,
    MigrationScript.All,
    name => Console.WriteLine($"Applied {name}."),
    CancellationToken.None);
Console.WriteLine($"{count} applied; the schema is current.");
