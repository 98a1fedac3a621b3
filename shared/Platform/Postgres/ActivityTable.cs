using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
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
    ListingId? Listing)
{
    /// <summary>What happened to a listing.</summary>
    public static ActivityEntry Of(ActivityKind kind, Listing listing)
    {
        ArgumentNullException.ThrowIfNull(listing);
        return new ActivityEntry(
            kind, listing.Token, listing.Quantity, listing.Seller, null, listing.Price, listing.Id);
    }
}

/// <summary>Something that a log says happened to a token.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Position">Its place among what the log tells, from 0.</param>
/// <param name="Entry">What happened.</param>
/// <param name="Order">The order of the entry's listing; null for none.</param>
public sealed record ChainActivity(LogOrigin Origin, int Position, ActivityEntry Entry, OrderHash? Order)
{
    private const int PositionMax = 0x3ff;

    /// <summary>The entry's name: the same each time the log is read, and sorted as the chain is.</summary>
    /// <remarks>
    /// A UUID of version 8 (RFC 9562): bit 1, then the block's height in 47 bits, so that of two entries of one time
    /// the one that is not of a log comes first; the log's index in 20 and the position in 10; the rest is SHA-256 of
    /// all that names the entry. A position past 1,023 does not sort any further.
    /// </remarks>
    public Guid Id
    {
        get
        {
            Span<byte> named = stackalloc byte[128];
            BinaryPrimitives.WriteUInt64BigEndian(named, Origin.ChainId.Value);
            Origin.BlockHash.Value.CopyTo(named[8..40]);
            BinaryPrimitives.WriteInt32BigEndian(named[40..], Origin.LogIndex);
            BinaryPrimitives.WriteInt32BigEndian(named[44..], Position);
            (Order?.Value ?? default).CopyTo(named[48..80]);
            int length = 80 + Encoding.ASCII.GetBytes(WireText.Of(Entry.Kind), named[80..]);
            Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(named[..length], id);

            ulong height = (1UL << 63) | ((ulong)Origin.BlockNumber << 16);
            ulong place = ((ulong)Origin.LogIndex << 10) | (uint)Math.Min(Position, PositionMax);
            ulong rest = BinaryPrimitives.ReadUInt64BigEndian(id) >> 20;
            BinaryPrimitives.WriteUInt64BigEndian(id, height | 0x8000 | ((place >> 18) & 0xfff));
            BinaryPrimitives.WriteUInt64BigEndian(id[8..], (2UL << 62) | ((place & 0x3ffff) << 44) | rest);
            return new Guid(id[..16], bigEndian: true);
        }
    }
}

/// <summary>Table <c>activity</c>.</summary>
public static class ActivityTable
{
    private const string AddSql = """
        INSERT INTO activity (id, kind, chain_id, contract, token_id, quantity, from_address, to_address, price_wei,
            listing_id, happened_at)
        VALUES ($1, $2, $3, $4, $5::numeric, $6::numeric, $7, $8, $9::numeric, $10, $11)
        """;

    // A block's time has whole seconds and may lie behind ours: what a listing led to never precedes the listing.
    private const string AddOfChainSql = """
        INSERT INTO activity (id, kind, chain_id, contract, token_id, quantity, from_address, to_address, price_wei,
            listing_id, transaction_hash, block_number, block_hash, log_index, happened_at)
        SELECT id, kind, $1::bigint, contract, token_id::numeric, quantity::numeric, from_address, to_address,
            price_wei::numeric, listing_id, transaction_hash, block_number, block_hash, log_index,
            greatest(block_time, (SELECT created_at FROM listings WHERE listings.id = added.listing_id))
        FROM unnest($2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::bytea[], $8::bytea[], $9::text[],
            $10::uuid[], $11::bytea[], $12::bigint[], $13::bytea[], $14::integer[], $15::timestamptz[])
            AS added (id, kind, contract, token_id, quantity, from_address, to_address, price_wei, listing_id,
                transaction_hash, block_number, block_hash, log_index, block_time)
        ON CONFLICT DO NOTHING
        """;

    private const string UnwindSql = """
        DELETE FROM activity a WHERE chain_id = $1 AND block_number > $2
            AND NOT EXISTS (
                SELECT 1 FROM unnest($3::uuid[], $4::bytea[], $5::integer[]) AS kept (listing_id, block_hash, log_index)
                WHERE kept.listing_id = a.listing_id AND kept.block_hash = a.block_hash
                    AND kept.log_index = a.log_index)
        """;

    private const string RemoveEndSql = """
        DELETE FROM activity
        WHERE chain_id = $1 AND contract = $2 AND token_id = $3::numeric AND listing_id = $4
            AND kind IN ('expire', 'cancel') AND block_number IS NULL
        """;

    /// <summary>Adds what was done here, now.</summary>
    public static Task AddAsync(
        Transaction transaction, ActivityEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(entry);
        return transaction.ExecuteAsync(
            AddSql,
            [
                transaction.NewId(), WireText.Of(entry.Kind), entry.Token.ChainId, entry.Token.Contract,
                entry.Token.TokenId, entry.Quantity, entry.From, entry.To, entry.Price, entry.Listing?.Value,
                transaction.Now,
            ],
            cancellationToken);
    }

    /// <summary>Adds what logs of a chain tell; an entry happened in its block, but not before its listing.</summary>
    public static Task AddAsync(
        Transaction transaction,
        ChainId chain,
        IReadOnlyList<ChainActivity> entries,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(entries);
        return entries.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync(
            AddOfChainSql,
            [
                chain,
                entries.Select(it => it.Id).ToArray(),
                entries.Select(it => WireText.Of(it.Entry.Kind)).ToArray(),
                entries.Select(it => it.Entry.Token.Contract.ToArray()).ToArray(),
                entries.Select(it => it.Entry.Token.TokenId.ToString()).ToArray(),
                entries.Select(it => it.Entry.Quantity.ToString()).ToArray(),
                entries.Select(it => it.Entry.From?.ToArray()).ToArray(),
                entries.Select(it => it.Entry.To?.ToArray()).ToArray(),
                entries.Select(it => it.Entry.Price?.ToString()).ToArray(),
                entries.Select(it => it.Entry.Listing?.Value).ToArray(),
                entries.Select(it => it.Origin.TransactionHash.Value.ToArray()).ToArray(),
                entries.Select(it => it.Origin.BlockNumber).ToArray(),
                entries.Select(it => it.Origin.BlockHash.Value.ToArray()).ToArray(),
                entries.Select(it => it.Origin.LogIndex).ToArray(),
                entries.Select(it => it.Origin.BlockTime).ToArray(),
            ],
            cancellationToken);
    }

    /// <summary>Removes the entries of blocks that were undone, but for what tells of these changes.</summary>
    public static Task UnwindAsync(
        Transaction transaction,
        ChainId chain,
        long toBlock,
        IReadOnlyList<DerivedChange> kept,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(kept);
        return transaction.ExecuteAsync(
            UnwindSql,
            [
                chain,
                toBlock,
                kept.Select(change => change.Listing.Value).ToArray(),
                kept.Select(change => change.Origin.BlockHash.Value.ToArray()).ToArray(),
                kept.Select(change => change.Origin.LogIndex ?? -1).ToArray(),
            ],
            cancellationToken);
    }

    /// <summary>Removes that a listing ended by time, when the block whose time it was is gone.</summary>
    public static Task RemoveEndAsync(Transaction transaction, Listing listing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(listing);
        return transaction.ExecuteAsync(
            RemoveEndSql,
            [listing.Token.ChainId, listing.Token.Contract, listing.Token.TokenId, listing.Id.Value],
            cancellationToken);
    }
}
