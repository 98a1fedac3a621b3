using Souk.Domain.Chain;
using Souk.Domain.Orders;
using Souk.Domain.Tokens;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>What one log means here.</summary>
internal abstract record LogEffect(LogOrigin Origin);

/// <summary>A log of Seaport's.</summary>
internal sealed record OrderEffect(LogOrigin Origin, SeaportEvent Happened) : LogEffect(Origin);

/// <summary>A log by which tokens moved: one, or the many of a batch.</summary>
internal sealed record TransferEffect(LogOrigin Origin, TokenTransfer[] Transfers) : LogEffect(Origin);

/// <summary>A log of who may move tokens.</summary>
internal sealed record ApprovalEffect(LogOrigin Origin, TokenApproval Approval) : LogEffect(Origin);

/// <summary>A log by which a currency's money moved.</summary>
internal sealed record MoneyEffect(LogOrigin Origin, CurrencyTransfer Transfer) : LogEffect(Origin);

/// <summary>A log of who may move a currency's money.</summary>
internal sealed record AllowanceEffect(LogOrigin Origin, CurrencyApproval Approval) : LogEffect(Origin);

/// <summary>Reads what logs mean, without asking anybody.</summary>
internal static class LogEffects
{
    /// <summary>
    /// The logs' meaning in the order in which it counts: as on the chain, but of a transaction Seaport's own logs
    /// first, so that a token's movement in a fill finds its listing filled.
    /// </summary>
    internal static List<LogEffect> Read(IReadOnlyList<TimedLog> logs, ChainSettings chain)
    {
        List<LogEffect> effects = new(logs.Count);
        foreach (IGrouping<TransactionHash, TimedLog> together in logs.GroupBy(timed => timed.Log.TransactionHash))
        {
            foreach (bool isSeaport in (ReadOnlySpan<bool>)[true, false])
            {
                foreach (TimedLog timed in together.Where(it => it.Log.Address == chain.Seaport == isSeaport))
                {
                    if (Read(timed, chain) is { } effect)
                        effects.Add(effect);
                }
            }
        }

        return effects;
    }

    private static LogEffect? Read(TimedLog timed, ChainSettings chain)
    {
        ChainLog log = timed.Log;
        LogOrigin origin = new(
            chain.Id, log.BlockNumber, log.BlockHash, timed.BlockTime, log.TransactionHash, log.LogIndex);
        if (log.Address == chain.Seaport)
            return SeaportEvents.Read(log.Topics, log.Data) is { } order ? new OrderEffect(origin, order) : null;
        return chain.Currencies.Contains(log.Address) ? ReadMoney(origin, log) : ReadToken(origin, log);
    }

    private static LogEffect? ReadMoney(LogOrigin origin, ChainLog log) =>
        CurrencyEvents.Read(log.Topics, log.Data) switch
        {
            CurrencyMoved moved => new MoneyEffect(
                origin, new CurrencyTransfer(origin, log.Address, moved.From, moved.To, moved.Amount)),
            CurrencyApproved approved => new AllowanceEffect(
                origin, new CurrencyApproval(origin, log.Address, approved.Owner, approved.Spender, approved.Amount)),
            _ => null,
        };

    private static LogEffect? ReadToken(LogOrigin origin, ChainLog log) =>
        TokenEvents.Read(log.Topics, log.Data) switch
        {
            TokensTransferred transferred => new TransferEffect(
                origin,
                [
                    .. transferred.Moves.Select(
                        (moved, position) => new TokenTransfer(origin, position, log.Address, moved)),
                ]),
            OperatorApproved all => new ApprovalEffect(origin, new TokenApproval(
                origin, log.Address, all.Owner, all.Operator, Token: null, all.IsApproved)),
            TokenApproved one => new ApprovalEffect(origin, new TokenApproval(
                origin, log.Address, one.Owner, one.Approved, one.Token, IsApproved: !one.Approved.IsZero)),
            _ => null,
        };
}
