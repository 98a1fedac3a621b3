using System.Globalization;
using System.Text.Json;
using Souk.Local.Outside;
using Souk.Local.StandIns;

namespace Souk.Signing.Tests;

/// <summary>Compares the ledger of every wallet with what its chain really mined.</summary>
/// <remarks>
/// No transaction of a wallet is on the chain that is not the ledger's, and none of the ledger's that is said to be
/// mined is missing; nonces are dense from 0; each request has one effect or none, and one announcement of its end.
/// </remarks>
internal static class ChainBooks
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Fails unless books and chains agree, for every wallet of every chain.</summary>
    /// <param name="world">The room and its chains.</param>
    /// <param name="foreign">Hashes that were sent outside of Souk.</param>
    /// <returns>How many transactions of the wallets the chains hold.</returns>
    public static async Task<int> RequireEqualAsync(SigningWorld world, IReadOnlySet<string>? foreign = null)
    {
        int total = 0;
        foreach (WorldChain chain in world.World.Chains)
        {
            ILookup<string, (long Nonce, string Hash)> mined = await ReadChainAsync(chain);
            foreach (MetaKeepApp signer in chain.Signers)
            {
                string wallet = signer.Wallet.Address.ToLowerHex();
                (long Nonce, string Hash)[] onChain = [.. mined[wallet].OrderBy(it => it.Nonce)];
                total += onChain.Length;
                await RequireEqualAsync(world, chain, wallet, onChain, foreign ?? new HashSet<string>());
            }
        }

        Assert.Equal("", await world.ReadAsync<string>("""
            SELECT coalesce(string_agg(concat_ws(' ', t.id, t.status, e.count), E'\n'), '') FROM transactions AS t
            LEFT JOIN (SELECT subject, count(*) FROM outbox
                WHERE type IN ('souk.transaction.final.v1', 'souk.transaction.failed.v1') GROUP BY subject) AS e
                ON e.subject = 'transaction/' || t.id
            WHERE NOT t.is_filler AND coalesce(e.count, 0) <> 1
            """));
        return total;
    }

    private static async Task RequireEqualAsync(
        SigningWorld world,
        WorldChain chain,
        string wallet,
        (long Nonce, string Hash)[] onChain,
        IReadOnlySet<string> foreign)
    {
        string address = $"decode('{wallet[2..]}', 'hex')";
        string written = await world.ReadAsync<string>($"""
            SELECT coalesce(string_agg(
                concat_ws(' ', t.nonce, encode(t.transaction_hash, 'hex')), ',' ORDER BY t.nonce), '')
            FROM transactions AS t JOIN signers AS s ON s.id = t.signer_id
            WHERE s.chain_id = {chain.Plan.Id} AND s.address = {address} AND t.nonce IS NOT NULL
                AND (t.status IN ('final', 'reverted') OR (t.status = 'replaced' AND t.block_hash IS NOT NULL))
            """);
        string expected = string.Join(',', onChain.Where(it => !foreign.Contains(it.Hash))
            .Select(it => string.Create(CultureInfo.InvariantCulture, $"{it.Nonce} {it.Hash[2..]}")));
        Assert.Equal(expected, written);
        Assert.Equal(Enumerable.Range(0, onChain.Length).Select(i => (long)i), onChain.Select(it => it.Nonce));
        long next = await world.ReadAsync<long>($"""
            SELECT coalesce(max(next_nonce), 0) FROM signers WHERE chain_id = {chain.Plan.Id} AND address = {address}
            """);
        // What was sent elsewhere after ours is noticed before the next of ours.
        long trailing = onChain.Reverse().TakeWhile(it => foreign.Contains(it.Hash)).Count();
        Assert.InRange(next, onChain.Length - trailing, onChain.Length);
    }

    /// <summary>Every transaction of a chain, by who sent it.</summary>
    private static async Task<ILookup<string, (long Nonce, string Hash)>> ReadChainAsync(WorldChain chain)
    {
        List<(string From, long Nonce, string Hash)> found = [];
        ulong head = await chain.Node.Rpc.GetBlockNumberAsync(Cancelled);
        for (ulong number = 0; number <= head; number++)
        {
            JsonElement block = await chain.Node.Rpc.SendAsync(
                "eth_getBlockByNumber", [$"0x{number:x}", true], Cancelled);
            found.AddRange(block.GetProperty("transactions").EnumerateArray().Select(it => (
                it.GetProperty("from").GetString()!.ToLowerInvariant(),
                Convert.ToInt64(it.GetProperty("nonce").GetString(), 16),
                it.GetProperty("hash").GetString()!)));
        }

        return found.ToLookup(it => it.From, it => (it.Nonce, it.Hash));
    }
}
