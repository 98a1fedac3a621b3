using System.Globalization;
using System.Text.Json.Nodes;
using Souk.Local.StandIns;

namespace Souk.Benchmarks;

/// <summary>Makes a long history out of the finished transactions there are.</summary>
/// <remarks>
/// SQL copies all that Souk keeps of each (transaction, moves, octets, share of the policy's caps, idempotency key,
/// events out and in, audit), of the same wallets, under other ids, hashes and lower nonces; events are copied as done.
/// The chain then counts so many transactions of each wallet as the ledger does.
/// </remarks>
internal static class SigningHistory
{
    /// <summary>An id of another transaction made at the same moment: its last 48 bits are the copy's number.</summary>
    private const string Id = "left({0}::text, 24) || lpad(to_hex(k), 12, '0')";

    private const string Hash = "sha256(transaction_hash || k::text::bytea)";

    private const string Subject =
        "CASE WHEN subject LIKE 'transaction/%' THEN left(subject, 36) || lpad(to_hex(k), 12, '0') ELSE subject END";

    /// <summary>Has as many finished transactions as this, or a little more.</summary>
    /// <returns>How many there are.</returns>
    internal static async Task<long> GrowAsync(
        SigningWorld world, long transactions, CancellationToken cancellationToken)
    {
        long before = await CountAsync(world, cancellationToken);
        int factor = (int)((transactions + before - 1) / before);
        long nonces = await world.Database.FindAsync<long>("SELECT max(next_nonce) FROM signers", cancellationToken);
        long acts = await world.Database.FindAsync<long>("SELECT max(sequence) FROM audit", cancellationToken);
        await HistoryRows.MultiplyAsync(world.Database, Shape(nonces, acts), factor, cancellationToken);

        // The ledger and the chain go on where the copies end.
        long next = nonces * factor;
        await world.Database.ExecuteAsync(
            "UPDATE signers SET next_nonce = $1, settled_nonce = $1", cancellationToken, next);
        JsonNode count = string.Create(CultureInfo.InvariantCulture, $"0x{next:x}");
        foreach (MetaKeepApp app in world.Chain.Signers)
        {
            await world.Node.Rpc.SendAsync(
                "anvil_setNonce", [app.Wallet.Address.ToString(), count.DeepClone()], cancellationToken);
        }

        await world.Node.MineAsync(world.Chain.Plan.Confirmations, cancellationToken);
        return await CountAsync(world, cancellationToken);
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> Shape(long nonces, long acts)
    {
        string uuid = $"({Id})::uuid";
        string nonce = string.Create(CultureInfo.InvariantCulture, $"nonce + k * {nonces}");
        string sequence = string.Create(CultureInfo.InvariantCulture, $"sequence + k * {acts}");
        return new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["transactions"] = Change(("id", Of(uuid, "id")), ("nonce", nonce), ("transaction_hash", Hash)),
            ["transaction_history"] = Change(
                ("transaction_id", Of(uuid, "transaction_id")), ("nonce", nonce), ("transaction_hash", Hash)),
            ["transaction_attempts"] = Change(
                ("transaction_id", Of(uuid, "transaction_id")), ("nonce", nonce), ("transaction_hash", Hash)),
            ["policy_shares"] = Change(("transaction_id", Of(uuid, "transaction_id"))),
            ["idempotency_keys"] = Change(("key", Of(Id, "key"))),
            ["outbox"] = Change(
                ("id", Of(uuid, "id")), ("subject", Subject), ("done_at", "coalesce(done_at, created_at)")),
            ["inbox"] = Change(("id", Of(Id, "id"))),
            ["audit"] = Change(("sequence", sequence), ("subject", Subject)),
        };
    }

    private static string Of(string form, string column) =>
        string.Format(CultureInfo.InvariantCulture, form, column);

    private static Dictionary<string, string> Change(params (string Column, string Value)[] changes) =>
        changes.ToDictionary(it => it.Column, it => it.Value);

    private static Task<long> CountAsync(SigningWorld world, CancellationToken cancellationToken) =>
        world.Database.FindAsync<long>(
            "SELECT count(*) FROM transactions WHERE finalized_at IS NOT NULL", cancellationToken);
}
