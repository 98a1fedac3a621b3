using Souk.Domain.Chain;
using Souk.Domain.Listings;
using Souk.Domain.Tokens;
using Souk.Domain.Wire;

namespace Souk.Platform.Postgres;

/// <summary>Something that happened to a token.</summary>
/// <param name="Kind">What.</param>
/// <param name="Token">To which token.</param>
/// <param name="Quantity">Of how many units.</param>
/// <param name="From">Who had it, or offered it.</param>
/// <param name="To">Who has it; null where nobody received.</param>
/// <param name="Price">For how much, in wei; null where nothing was paid or asked.</param>
/// <param name="Listing">By which listing; null for none.</param>
public sealed record ActivityEntry(
    ActivityKind Kind,
    TokenReference Token,
    UInt256 Quantity,
    Address? From,
    Address? To,
    Wei? Price,
    ListingId? Listing);

/// <summary>Table <c>activity</c>.</summary>
public static class ActivityTable
{
    // A block's time has whole seconds and may lie behind ours: what a listing led to never precedes the listing.
    private const string AddSql = """
        INSERT INTO activity (id, kind, chain_id, contract, token_id, quantity, from_address, to_address, price_wei,
            listing_id, transaction_hash, block_number, block_hash, happened_at)
        VALUES ($1, $2, $3, $4, $5::numeric, $6::numeric, $7, $8, $9::numeric, $10, $11, $12, $13,
            greatest($14, (SELECT created_at FROM listings WHERE id = $10)))
        """;

    private const string UnwindSql = "DELETE FROM activity WHERE chain_id = $1 AND block_number > $2";

    /// <summary>
    /// Adds an entry; with an origin it happened in that block, but not before its listing; without one here and now.
    /// </summary>
    public static Task AddAsync(
        Transaction transaction, ActivityEntry entry, LogOrigin? origin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(entry);
        return transaction.ExecuteAsync(
            AddSql,
            [
                transaction.NewId(), WireText.Of(entry.Kind), entry.Token.ChainId, entry.Token.Contract,
                entry.Token.TokenId, entry.Quantity, entry.From, entry.To, entry.Price, entry.Listing?.Value,
                origin?.TransactionHash, origin?.BlockNumber, origin?.BlockHash, origin?.BlockTime ?? transaction.Now,
            ],
            cancellationToken);
    }

    /// <summary>Adds what happened to a listing.</summary>
    public static Task AddAsync(
        Transaction transaction,
        ActivityKind kind,
        Listing listing,
        LogOrigin? origin,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(listing);
        return AddAsync(
            transaction,
            new ActivityEntry(kind, listing.Token, listing.Quantity, listing.Seller, null, listing.Price, listing.Id),
            origin,
            cancellationToken);
    }

    /// <summary>Removes the entries of blocks that were undone.</summary>
    public static Task UnwindAsync(
        Transaction transaction, ChainId chain, long toBlock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(UnwindSql, [chain, toBlock], cancellationToken);
    }
}
