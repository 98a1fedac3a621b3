using System.Globalization;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Signing;
using Souk.Harness;
using Souk.Platform.Postgres;

namespace Souk.Signing.Tests;

/// <summary>Many wallets take nonces at once under one rule: its caps hold among all of them.</summary>
[Collection(SigningCollection.Name)]
public sealed class PolicyAtTheNonceTests(SigningWorld world) : IAsyncLifetime
{
    private const int Wallets = 8;
    private const int EachHas = 5;
    private const int CountMax = 10;

    private PolicyRoom _room = null!;
    private Address _to;
    private PolicyRuleId _rule;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await PolicyRoom.StartAsync(world, TimeSpan.Zero);
        _to = world.NewAddress();
        ApiAnswer proposed = await _room.PostAsync("/v1/policies", SigningStory.PayRule(_to, "7", CountMax));
        _rule = PolicyRuleId.Parse(proposed.Text("id"));
        await _room.PostAsync($"/v1/policies/{_rule}/approve", new JsonObject { ["version"] = 1 });
        await _room.SqlAsync(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO signers (id, chain_id, address, next_nonce, created_at)
            SELECT lpad(n::text, 32, '0')::uuid, 1, decode(lpad(to_hex(n), 40, 'a'), 'hex'), 0, now()
            FROM generate_series(1, {Wallets}) AS n;
            INSERT INTO transactions (id, signer_id, chain_id, status, to_address, value_wei, data, gas_limit,
                is_filler, description, requested_by, rule_id, rule_version, created_at, updated_at)
            SELECT gen_random_uuid(), lpad(n::text, 32, '0')::uuid, 1, 'queued', '{Octets(_to)}', 7, '', 21000, false,
                'Pay.', gen_random_uuid(), '{_rule}', 1, now(), now()
            FROM generate_series(1, {Wallets}) AS n, generate_series(1, {EachHas});
            INSERT INTO policy_shares (transaction_id, rule_id, signer_id, value_wei, amount, accepted_at)
            SELECT id, rule_id, signer_id, value_wei, 0, created_at FROM transactions
            """));
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task Eight_wallets_at_once_send_no_more_than_their_rule_allows()
    {
        int[] admitted = await Task.WhenAll(Enumerable.Range(1, Wallets).Select(TakeAsync));
        int[] again = await Task.WhenAll(Enumerable.Range(1, Wallets).Select(TakeAsync));

        Assert.Equal((CountMax, 0), (admitted.Sum(), again.Sum()));
        Assert.Equal((long)CountMax, await _room.ReadAsync<long>(
            $"SELECT sum(count)::bigint FROM policy_usage WHERE scope_id = '{_rule}' AND period = 'hour'"));
        Assert.Equal(7L * CountMax, await _room.ReadAsync<long>(
            $"SELECT sum(value_wei)::bigint FROM policy_usage WHERE scope_id = '{_rule}' AND period = 'day'"));
    }

    [Fact]
    public async Task A_nonce_given_back_gives_its_share_to_another_wallet()
    {
        int[] admitted = await Task.WhenAll(Enumerable.Range(1, Wallets).Select(TakeAsync));

        await _room.SqlAsync("""
            UPDATE transactions SET status = 'queued', nonce = NULL
            WHERE id = (SELECT id FROM transactions WHERE status = 'allocated' ORDER BY id LIMIT 1)
            """);
        await _room.SqlAsync("UPDATE policy_holds SET held_until = now() - interval '1 second'");
        int[] again = await Task.WhenAll(Enumerable.Range(1, Wallets).Select(TakeAsync));

        Assert.Equal((CountMax, 1), (admitted.Sum(), again.Sum()));
    }

    [Fact]
    public async Task A_pause_lets_no_nonce_be_taken_once_it_was_answered()
    {
        Task<int>[] taking = [.. Enumerable.Range(1, Wallets).Select(TakeAsync)];
        ApiAnswer paused = await _room.PostAsync(
            "/v1/signers/pause", new JsonObject { ["chainId"] = 1, ["reason"] = "A drill." });
        long then = await CountAllocatedAsync();

        await Task.WhenAll(taking);

        Assert.Equal(200, paused.Status);
        Assert.Equal(then, await CountAllocatedAsync());
    }

    private Task<long> CountAllocatedAsync() =>
        _room.ReadAsync<long>("SELECT count(*) FROM transactions WHERE status = 'allocated'");

    /// <summary>What a run of sending does in the unit of work that takes its nonces.</summary>
    private Task<int> TakeAsync(int wallet) => _room.Database.WriteAsync(
        async transaction =>
        {
            await PolicyTable.ShareLockAsync(transaction, Cancelled);
            SignerId id = SignerId.Parse($"00000000-0000-0000-0000-{wallet:D12}");
            SignerRecord signer = await SignerTable.LockAsync(transaction, id, Cancelled);
            if (signer.IsPaused) return 0;
            List<TransactionRecord> queued =
                await TransactionQueue.ListQueuedAsync(transaction, id, feePerGas: null, EachHas, Cancelled);
            List<TransactionRecord> admitted = await _room.Judge.AdmitAsync(transaction, signer, queued, Cancelled);
            if (admitted.Count == 0) return 0;
            long? first = await SignerTable.TakeNoncesAsync(transaction, id, admitted.Count, Cancelled);
            await TransactionMoves.MoveManyAsync(
                transaction,
                [
                    .. admitted.Select((it, index) => new TransactionStep(
                        it, it with { Status = TransactionStatus.Allocated, Nonce = first + index })),
                ],
                Cancelled);
            return admitted.Count;
        },
        Cancelled);

    private static string Octets(Address address) => $@"\x{address.ToString()[2..]}";
}
