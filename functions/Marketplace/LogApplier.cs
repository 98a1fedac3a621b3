using Souk.Domain.Chain;
using Souk.Domain.Orders;
using Souk.Domain.Tokens;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Applies a span's logs in one transaction: ownership, approvals, money, orders, activity.</summary>
/// <remarks>
/// What logs add up to is stored with one statement a table. Only listings that a log may move are walked through log
/// by log, and one query finds them; most spans have none. The caller holds the chain's cursor locked.
/// </remarks>
/// <param name="transaction">The transaction.</param>
/// <param name="chain">The chain.</param>
/// <param name="mover">Who moves sellers' tokens there.</param>
internal sealed class LogApplier(Transaction transaction, ChainSettings chain, Address mover)
{
    /// <summary>Whether these logs were applied once and are only read anew: then nothing is announced again.</summary>
    internal bool IsReplay { get; init; }

    /// <summary>Applies the logs in the chain's order; a log that was applied before changes nothing.</summary>
    internal async Task ApplyAsync(IReadOnlyList<TimedLog> logs, CancellationToken cancellationToken)
    {
        if (logs.Count == 0)
            return;
        List<LogEffect> effects = await RemoveAppliedAsync(
            LogEffects.Read(logs, chain), logs[0].Log.BlockNumber, logs[^1].Log.BlockNumber, cancellationToken);
        TokenTransfer[] transfers = [.. effects.OfType<TransferEffect>().SelectMany(effect => effect.Transfers)];

        TouchedKeys keys = KeysOf(effects, transfers);
        List<ListingRow> rows = keys.IsEmpty
            ? []
            : await ListingTable.LockTouchedAsync(transaction, chain.Id, keys, cancellationToken);
        TouchedListings touched = new(transaction, rows, IsReplay);
        TokenLogApplier tokens = new(transaction, touched, mover);
        // Before the movements are counted, so that each step below knows what was owned right then.
        await tokens.ReadHoldingsAsync(rows, cancellationToken);

        await TokenTable.AddAsync(transaction, chain.Id, transfers, cancellationToken);
        await TokenApprovalTable.AddAsync(
            transaction,
            chain.Id,
            [.. effects.OfType<ApprovalEffect>().Select(effect => effect.Approval)],
            cancellationToken);
        await CurrencyTable.AddAsync(
            transaction,
            chain.Id,
            [.. effects.OfType<MoneyEffect>().Select(effect => effect.Transfer)],
            [.. effects.OfType<AllowanceEffect>().Select(effect => effect.Approval)],
            cancellationToken);

        if (rows.Count > 0)
            await WalkAsync(effects, tokens, new OrderLogApplier(transaction, touched, IsReplay), cancellationToken);
        await TellAsync(transfers, touched.Told, cancellationToken);
    }

    private static async Task WalkAsync(
        List<LogEffect> effects, TokenLogApplier tokens, OrderLogApplier orders, CancellationToken cancellationToken)
    {
        foreach (LogEffect effect in effects)
        {
            Task step = effect switch
            {
                OrderEffect order => orders.ApplyAsync(order.Origin, order.Happened, cancellationToken),
                TransferEffect transfer => tokens.MoveAsync(transfer.Transfers, cancellationToken),
                ApprovalEffect approval => tokens.ApproveAsync(approval.Approval, cancellationToken),
                _ => Task.CompletedTask,
            };
            await step;
        }
    }

    /// <summary>Seaport's logs stay: whether one was applied is known of each listing that it names.</summary>
    private async Task<List<LogEffect>> RemoveAppliedAsync(
        List<LogEffect> effects, long fromBlock, long toBlock, CancellationToken cancellationToken)
    {
        HashSet<Address> contracts =
        [
            .. effects.Select(effect => effect switch
            {
                TransferEffect { Transfers: [{ } first, ..] } => first.Contract,
                ApprovalEffect approval => approval.Approval.Contract,
                MoneyEffect money => money.Transfer.Currency,
                AllowanceEffect allowance => allowance.Approval.Currency,
                _ => Address.Zero,
            }),
        ];
        HashSet<LogKey> applied = await AppliedLogs.ListAsync(
            transaction, chain.Id, fromBlock, toBlock, contracts, cancellationToken);
        if (applied.Count > 0)
            effects.RemoveAll(effect => effect is not OrderEffect && applied.Contains(effect.Origin.Key));
        return effects;
    }

    private TouchedKeys KeysOf(List<LogEffect> effects, TokenTransfer[] transfers)
    {
        HashSet<(Address, TokenId, Address)> tokens = [];
        foreach (TokenTransfer transfer in transfers)
        {
            tokens.Add((transfer.Contract, transfer.Moved.Token, transfer.Moved.From));
            tokens.Add((transfer.Contract, transfer.Moved.Token, transfer.Moved.To));
        }

        HashSet<OrderHash> orders = [];
        HashSet<Address> offerers = [];
        foreach (OrderEffect effect in effects.OfType<OrderEffect>())
        {
            if (effect.Happened is CounterIncremented raised)
                offerers.Add(raised.Offerer);
            else
                orders.UnionWith(OrderLogApplier.OrdersOf(effect.Happened));
        }

        HashSet<(Address, Address)> approvals =
        [
            .. effects.OfType<ApprovalEffect>().Select(effect => effect.Approval)
                .Where(approval => approval.Token is not null || approval.Operator == mover)
                .Select(approval => (approval.Contract, approval.Owner)),
        ];
        return new TouchedKeys(orders, tokens, approvals, offerers);
    }

    /// <summary>A sale tells of its token's movement itself, whichever of the two logs was read first.</summary>
    private async Task TellAsync(
        TokenTransfer[] transfers, List<ChainActivity> told, CancellationToken cancellationToken)
    {
        HashSet<SoldToken> sold = transfers.Length == 0
            ? []
            : await OrderEventTable.ListSoldAsync(
                transaction,
                chain.Id,
                transfers[0].Origin.BlockNumber,
                transfers[^1].Origin.BlockNumber,
                cancellationToken);
        foreach (TokenTransfer transfer in transfers)
        {
            TokenMoved moved = transfer.Moved;
            SoldToken left = new(transfer.Origin.TransactionHash, transfer.Contract, moved.Token, moved.From);
            if (sold.Count > 0 && sold.Contains(left))
                continue;
            ActivityKind kind = moved.From.IsZero
                ? ActivityKind.Mint
                : moved.To.IsZero ? ActivityKind.Burn : ActivityKind.Transfer;
            TokenReference token = new(chain.Id, transfer.Contract, moved.Token);
            ActivityEntry entry = new(kind, token, moved.Quantity, moved.From, moved.To, Price: null, Listing: null);
            told.Add(new ChainActivity(transfer.Origin, 2 * transfer.Position, entry, Order: null));
        }

        await ActivityTable.AddAsync(transaction, chain.Id, told, cancellationToken);
    }
}
