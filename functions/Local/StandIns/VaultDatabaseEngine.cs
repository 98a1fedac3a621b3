using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Npgsql;

namespace Souk.Local.StandIns;

/// <summary>The database engine's static roles, whose passwords it really changes on PostgreSQL.</summary>
internal sealed class VaultDatabaseEngine(TimeProvider clock) : IAsyncDisposable
{
    private const int PasswordCharacters = 28;

    // The stand-in's own least period is 1 s, for tests; Vault's is 5 s.
    private static readonly TimeSpan RotationPeriodMin = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, StaticRole> _roles = new(StringComparer.Ordinal);
    private NpgsqlDataSource? _admin;

    public void Configure(string adminConnectionString) => _admin = NpgsqlDataSource.Create(adminConnectionString);

    public async ValueTask DisposeAsync()
    {
        _gate.Dispose();
        if (_admin is not null)
            await _admin.DisposeAsync();
    }

    public async Task CreateStaticRoleAsync(
        string role, string userName, TimeSpan rotationPeriod, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rotationPeriod, RotationPeriodMin);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _roles[role] = await ChangeAsync(
                new StaticRole(userName, string.Empty, clock.GetUtcNow(), rotationPeriod), cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task RotateAsync(string role, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _roles[role] = await ChangeAsync(Get(role), cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<VaultReply> HandleAsync(VaultCall call, CancellationToken cancellationToken)
    {
        if (call.TryBelow("static-creds", out VaultCall? credentials))
        {
            return credentials.Operation == VaultOperation.Read
                ? await ReadAsync(credentials.Path, cancellationToken)
                : throw VaultRefusalException.UnsupportedOperation();
        }

        if (!call.TryBelow("rotate-role", out VaultCall? rotation))
            throw VaultRefusalException.UnsupportedPath();

        if (rotation.Operation != VaultOperation.Write)
            throw VaultRefusalException.UnsupportedOperation();

        await RotateAsync(rotation.Path, cancellationToken);
        return VaultWire.NoContent();
    }

    private async Task<VaultReply> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            StaticRole role = Get(name);
            if (clock.GetUtcNow() >= role.RotatesAt)
                _roles[name] = role = await ChangeAsync(role, cancellationToken);

            return VaultWire.Data(new JsonObject
            {
                ["username"] = role.UserName,
                ["password"] = role.Password,
                ["last_vault_rotation"] = VaultWire.Time(role.RotatedAt),
                ["rotation_period"] = (long)role.RotationPeriod.TotalSeconds,
                ["ttl"] = Math.Round((role.RotatesAt - clock.GetUtcNow()).TotalSeconds),
            });
        }
        finally
        {
            _gate.Release();
        }
    }

    private StaticRole Get(string name) =>
        _roles.TryGetValue(name, out StaticRole? role)
            ? role
            : throw VaultRefusalException.Invalid($"unknown role: {name}");

    private async Task<StaticRole> ChangeAsync(StaticRole role, CancellationToken cancellationToken)
    {
        NpgsqlDataSource admin = _admin ?? throw new VaultRefusalException(500, "failed to find entry for connection");
        string password = RandomNumberGenerator.GetString(
            "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789-", PasswordCharacters);
        try
        {
            // ALTER ROLE takes no parameters, so the server itself quotes what it is then told to run.
            await using NpgsqlConnection connection = await admin.OpenConnectionAsync(cancellationToken);
            await using NpgsqlCommand compose = new(
                "SELECT format('ALTER ROLE %I WITH LOGIN PASSWORD %L', $1::text, $2::text)", connection);
            compose.Parameters.Add(new NpgsqlParameter<string> { TypedValue = role.UserName });
            compose.Parameters.Add(new NpgsqlParameter<string> { TypedValue = password });
            string statement = (string)(await compose.ExecuteScalarAsync(cancellationToken))!;
#pragma warning disable CA2100 // The server composed and quoted it one line above.
            await using NpgsqlCommand alter = new(statement, connection);
#pragma warning restore CA2100
            await alter.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException)
        {
            throw new VaultRefusalException(500, "1 error occurred:\n\t* failed to update the static account\n\n");
        }

        return role with { Password = password, RotatedAt = clock.GetUtcNow() };
    }

    private sealed record StaticRole(
        string UserName, string Password, DateTimeOffset RotatedAt, TimeSpan RotationPeriod)
    {
        public DateTimeOffset RotatesAt => RotatedAt + RotationPeriod;

        public override string ToString() => $"StaticRole({UserName}, redacted)";
    }
}
