using Npgsql;

namespace Souk.Marketplace.Tests;

/// <summary>Rows that a test keeps locked, so that the function under test waits where the test wants it to.</summary>
internal sealed class RowLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private RowLock(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_connection, _transaction) = (connection, transaction);

    /// <summary>Locks what the statement selects.</summary>
    internal static async Task<RowLock> TakeAsync(string connection, string sql, CancellationToken cancellationToken)
    {
        NpgsqlConnection opened = new(connection);
        await opened.OpenAsync(cancellationToken);
        NpgsqlTransaction transaction = await opened.BeginTransactionAsync(cancellationToken);
        await using NpgsqlCommand command = new(sql, opened, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new RowLock(opened, transaction);
    }

    /// <summary>Waits until somebody waits for the rows.</summary>
    internal async Task WaitForWaiterAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))",
            _connection,
            _transaction);
        while (await command.ExecuteScalarAsync(cancellationToken) is 0L)
            await Task.Yield();
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
