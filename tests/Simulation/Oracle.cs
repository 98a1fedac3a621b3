using Souk.Domain.Chain;
using Souk.Domain.Orders;
using Souk.Domain.Tokens;
using Souk.Local.Demo;
using Souk.Local.Supervision;

namespace Souk.Simulation;

/// <summary>What must hold when the faults have ended and the schedules have run: the books equal the chain.</summary>
public sealed class Oracle(LocalPlatform platform, Traders traders, Spine spine, Rebuild rebuild)
{
    /// <summary>Sums and states that must never occur; each statement answers the rows that breach it.</summary>
    private static readonly (string What, string Sql)[] Breaches =
    [
        ("A listing is sold twice",
            "SELECT count(*) FROM (SELECT listing_id FROM purchases WHERE status = 'settled' "
            + "GROUP BY listing_id HAVING count(*) > $1) AS twice"),
        ("A sale's lines do not add up to its price",
            "SELECT count(*) FROM purchases p WHERE status = 'settled' AND price_wei <> $1 - 1 + coalesce((SELECT "
            + "sum(amount_wei) FROM settlement_lines s WHERE s.purchase_id = p.id AND s.kind <> 'tip'), 0)"),
        ("A settled purchase's listing is not filled",
            "SELECT count(*) - $1 + 1 FROM purchases p JOIN listings l ON l.id = p.listing_id "
            + "WHERE p.status = 'settled' AND l.status <> 'filled'"),
        ("A line has no sale",
            "SELECT count(*) - $1 + 1 FROM settlement_lines s JOIN listings l ON l.id = s.listing_id "
            + "WHERE l.status <> 'filled'"),
        ("A terminal row has no reason",
            "SELECT count(*) - $1 + 1 FROM listings WHERE finalized_at IS NOT NULL AND reason IS NULL"),
        ("A log is told twice",
            "SELECT count(*) FROM (SELECT 1 FROM activity WHERE block_hash IS NOT NULL GROUP BY chain_id, block_hash, "
            + "log_index, kind, contract, token_id, listing_id HAVING count(*) > $1) AS twice"),
    ];

    private const int Poison = 422;

    private readonly Books _books = new(platform.World, traders.Chain);

    /// <summary>Lets the platform heal, then compares.</summary>
    /// <returns>What to tell.</returns>
    /// <exception cref="DemoFailedException">A breach.</exception>
    public async Task<string> RequireAsync(CancellationToken cancellationToken)
    {
        // A loss costs only this wait.
        await traders.Chain.Node.MineAsync(1, cancellationToken);
        await spine.RestAsync(cancellationToken);
        foreach ((string what, string sql) in Breaches)
            DemoFailedException.UnlessEqual("0", await _books.ReadAsync(sql, 1L, cancellationToken), what);
        foreach (TokenId token in traders.Tokens)
            await RequireOwnerAsync(token, cancellationToken);
        foreach (Person trader in traders.All)
            await RequireUnitsAsync(trader.Wallet, cancellationToken);
        foreach ((string id, _) in traders.Listings)
            await RequireStatusAsync(id, cancellationToken);
        await spine.RequireKeptAsync(cancellationToken);
        await spine.RequireOnceAsync(cancellationToken);
        DemoFailedException.UnlessEqual(
            0, platform.World.Broker.DeadLetters.Count(letter => letter.Status == Poison), "Poisonous events");
        int rows = await rebuild.RequireEqualAsync(cancellationToken);
        string logs = await RequireResyncAsync(cancellationToken);
        return $"{rows} rows are as a rebuild from the chain, and {logs} logs applied anew change no row";
    }

    /// <summary>Marketplace's own proof: it takes back all that derives from the chain, and reads it again.</summary>
    private async Task<string> RequireResyncAsync(CancellationToken cancellationToken)
    {
        string chains = $"/v1/admin/chains/{traders.Chain.Plan.Id}";
        ulong from = Math.Max(1, traders.Chain.Contracts.StartBlock);
        Person administrator = traders.Administrator;
        ApiAnswer asked = await administrator.PostAsync(
            "marketplace", $"{chains}/resync?from={from}", [], cancellationToken);
        ApiAnswer done = await Patience.UntilAsync(
            platform,
            "The chain is read anew",
            ["reconcile", "relay"],
            () => administrator.GetAsync(
                "marketplace", $"{chains}/resyncs/{asked.Required().Text("id")}", cancellationToken),
            answer => answer.Status == 200 && answer.Text("status") is "done" or "failed",
            cancellationToken);
        DemoFailedException.Unless(
            done.Body!["isEqual"]?.GetValue<bool>() == true,
            $"A resync finds all equal: {done.Body["failedReason"]} {done.Body["tables"]}");
        return done.Member("logs").ToString();
    }

    private async Task RequireOwnerAsync(TokenId token, CancellationToken cancellationToken)
    {
        string owner = (await traders.FindOwnerAsync(token, cancellationToken))?.Wallet.ToLowerHex() ?? "";
        string kept = await _books.ReadAsync(
            "SELECT string_agg('0x' || encode(owner, 'hex'), ',') FROM token_balances "
            + "WHERE quantity > 0 AND encode(contract, 'hex') || ' ' || token_id = $1",
            $"{traders.Chain.Contracts.Collection.ToLowerHex()[2..]} {token}",
            cancellationToken);
        DemoFailedException.UnlessEqual(owner, kept, $"The owner of token {token}");
    }

    private async Task RequireUnitsAsync(Address owner, CancellationToken cancellationToken)
    {
        for (ulong token = 1; token <= Traders.UnitTokens; token++)
        {
            byte[] answer = await traders.Chain.Node.Rpc.CallAsync(
                traders.Units, TokenCalls.BalanceOf(owner, new TokenId(token)), cancellationToken);
            bool isAnswer = TokenCalls.TryReadNumber(answer, out UInt256 units);
            DemoFailedException.Unless(isAnswer, "The collection of many units answers");
            string kept = await _books.ReadAsync(
                "SELECT coalesce(sum(quantity), 0) FROM token_balances WHERE encode(contract, 'hex') || ' ' || "
                + "token_id || ' ' || encode(owner, 'hex') = $1",
                $"{traders.Units.ToLowerHex()[2..]} {token} {owner.ToLowerHex()[2..]}",
                cancellationToken);
            DemoFailedException.UnlessEqual(units.ToString(), kept, $"The units of token {token} of {owner}");
        }
    }

    private async Task RequireStatusAsync(string listing, CancellationToken cancellationToken)
    {
        Guid id = Guid.Parse(listing);
        string hash = await _books.ReadAsync(
            "SELECT '0x' || encode(order_hash, 'hex') FROM listings WHERE id = $1", id, cancellationToken);
        string status = await _books.ReadAsync("SELECT status FROM listings WHERE id = $1", id, cancellationToken);
        byte[] answer = await traders.Chain.Node.Rpc.CallAsync(
            traders.Chain.Contracts.Seaport, SeaportCalls.GetOrderStatus(OrderHash.Parse(hash)), cancellationToken);
        bool isAnswer = SeaportCalls.TryReadOrderStatus(answer, out OrderChainStatus chain);
        DemoFailedException.Unless(isAnswer, "Seaport answers");
        DemoFailedException.UnlessEqual(
            chain.IsFilled, status == "filled", $"Whether listing {id} ({status}) is filled");
        DemoFailedException.Unless(
            !chain.IsCancelled || chain.IsFilled || status is "cancelled" or "expired",
            $"Listing {id} is cancelled on chain, here {status}");
    }
}
