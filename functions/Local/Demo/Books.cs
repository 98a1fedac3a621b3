using System.Globalization;
using Npgsql;
using Souk.Domain.Chain;
using Souk.Domain.Tokens;
using Souk.Local.Outside;

namespace Souk.Local.Demo;

/// <summary>What chain and database say of money and tokens, read beside the functions.</summary>
public sealed class Books(World world, WorldChain chain)
{
    /// <summary>What each account has now, in wei.</summary>
    public async Task<Dictionary<Address, Wei>> BalancesAsync(
        IEnumerable<Address> accounts, CancellationToken cancellationToken)
    {
        Dictionary<Address, Wei> balances = [];
        foreach (Address account in accounts)
            balances[account] = await chain.Node.Rpc.GetBalanceAsync(account, cancellationToken);
        return balances;
    }

    /// <summary>Who owns a token of the demo collection, by the chain itself.</summary>
    public async Task<Address> OwnerAsync(TokenId token, CancellationToken cancellationToken)
    {
        byte[] answer = await chain.Node.Rpc.CallAsync(
            chain.Contracts.Collection, TokenCalls.OwnerOf(token), cancellationToken);
        return TokenCalls.TryReadAddress(answer, out Address owner)
            ? owner
            : throw new DemoFailedException("The collection did not answer who owns the token.");
    }

    /// <summary>One text of the database, read as its administrator.</summary>
    public async Task<string> ReadAsync(string sql, object parameter, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = new(
            world.Database.Server.AdminConnectionString(WorldDatabase.Name));
        await connection.OpenAsync(cancellationToken);
#pragma warning disable CA2100 // The demo's own constants.
        await using NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        object? value = await command.ExecuteScalarAsync(cancellationToken);
        return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
    }
}
