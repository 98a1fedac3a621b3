using System.Globalization;
using System.Security.Cryptography;
using Souk.Local.Servers;
using Souk.Migrate;

namespace Souk.Local.Outside;

/// <summary>The platform's PostgreSQL: a migrated template, copies of it, and a login user a function.</summary>
/// <remarks>
/// As in the cloud, the migrations run as a role that is no superuser and owns the schema; the login users are members
/// of the group roles that the migrations make, and Vault rotates their passwords.
/// </remarks>
public sealed class WorldDatabase : IAsyncDisposable
{
    /// <summary>The platform's database.</summary>
    public const string Name = "souk";

    private const string Template = "souk_template";
    private const string Owner = "migrate";

    private readonly SemaphoreSlim _copying = new(1);
    private int _copies;

    private WorldDatabase(LocalPostgres server) => Server = server;

    /// <summary>The server.</summary>
    public LocalPostgres Server { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _copying.Dispose();
    }

    /// <summary>Makes another empty, migrated database and answers its name.</summary>
    public async Task<string> CreateCopyAsync(CancellationToken cancellationToken)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"souk_{Interlocked.Increment(ref _copies)}");
        await CopyAsync(name, cancellationToken);
        return name;
    }

    /// <summary>The user that a function's static role in Vault stands for.</summary>
    internal static string UserOf(string function) => function == Owner ? Owner : $"{function}_login";

    internal static async Task<WorldDatabase> StartAsync(
        LocalPostgresOptions options,
        IEnumerable<string> functions,
        Action<string> progress,
        CancellationToken cancellationToken)
    {
        WorldDatabase database = new(await LocalPostgres.StartAsync(options, progress, cancellationToken));
        try
        {
            await database.FillAsync(functions, cancellationToken);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    private async Task FillAsync(IEnumerable<string> functions, CancellationToken cancellationToken)
    {
        string password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        await Server.ExecuteAsync($"CREATE ROLE {Owner} LOGIN CREATEROLE PASSWORD '{password}'", cancellationToken);
        await Server.CreateDatabaseAsync(Template, null, cancellationToken);
        await Server.ExecuteAsync($"ALTER DATABASE {Template} OWNER TO {Owner}", cancellationToken);
        await Migrator.RunAsync(
            Server.ConnectionString(Template, Owner, password), MigrationScript.All, _ => { }, cancellationToken);
        foreach (string function in functions)
        {
            await Server.ExecuteAsync(
                $"CREATE ROLE {UserOf(function)} LOGIN IN ROLE {function}", cancellationToken);
        }

        await CopyAsync(Name, cancellationToken);
    }

    // One at a time: PostgreSQL refuses to copy a template that another session is copying from.
    private async Task CopyAsync(string name, CancellationToken cancellationToken)
    {
        await _copying.WaitAsync(cancellationToken);
        try
        {
            await Server.CreateDatabaseAsync(name, Template, cancellationToken);
            await Server.ExecuteAsync($"ALTER DATABASE {name} OWNER TO {Owner}", cancellationToken);
        }
        finally
        {
            _copying.Release();
        }
    }
}
