using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>What derives from the chain, read once more from it.</summary>
public sealed class ResyncChainTests(MarketFixture fixture) : MarketTest(fixture), IClassFixture<MarketFixture>
{
    private static string Path => $"/v1/admin/chains/{Market.Id}/resync";

    private long Start => (long)Market.Contracts.StartBlock;

    [Fact]
    public async Task Rebuilds_a_market_s_whole_history_and_proves_it_equal()
    {
        Trader seller = await SignInAsync();
        Trader buyer = await SignInAsync();
        Listed sold = await ListAsync(seller);
        Listed held = await ListAsync(seller);
        await FollowAsync();
        await buyer.SendStepAsync(await HoldAsync(buyer, sold), Cancelled);
        await HoldAsync(buyer, held);
        await GiveAsync(seller, buyer.Wallet.Address, await MintAsync(seller));
        await FollowAsync();
        int announced = Market.App.Broker.Taken.Count;

        JsonElement resync = await ResyncAsync(Start);

        Assert.Equal("done", resync.GetProperty("status").GetString());
        Assert.True(resync.GetProperty("isEqual").GetBoolean(), resync.GetRawText());
        Assert.False(resync.GetProperty("wasHalted").GetBoolean());
        Assert.True(resync.GetProperty("logs").GetInt64() > 5);
        Assert.All(resync.GetProperty("tables").EnumerateArray(), table => Assert.Equal(
            table.GetProperty("sha256Before").GetString(), table.GetProperty("sha256After").GetString()));
        Assert.Equal("filled sold", await StatusOfAsync(sold));
        Assert.Equal("held", await StatusOfAsync(held));
        Assert.Equal(0, await CountAsync("chain_resync_logs"));
        Assert.All(
            Market.App.Broker.Taken.Skip(announced),
            taken => Assert.Equal("souk.chain.hinted.v1", taken.Attributes["type"]));
        Assert.Equal(1, await Market.App.Database.FindAsync<long>(
            "SELECT count(*) FROM audit WHERE action = 'chain.resync' AND detail->>'resync' = $1",
            Cancelled, resync.GetProperty("id").GetString()!));
    }

    [Fact]
    public async Task Puts_right_what_had_gone_astray_and_says_which_tables_differed()
    {
        Trader owner = await SignInAsync();
        TokenId token = await MintAsync(owner);
        await FollowAsync();
        await Market.App.Database.ExecuteAsync(
            "UPDATE token_balances SET owner = decode(repeat('ab', 20), 'hex') WHERE token_id = $1::text::numeric",
            Cancelled, token.ToString());

        JsonElement resync = await ResyncAsync(Start);

        Assert.False(resync.GetProperty("isEqual").GetBoolean());
        Assert.Contains("token_balances", resync.GetProperty("tables").EnumerateArray()
            .Where(table => !table.GetProperty("isEqual").GetBoolean())
            .Select(table => table.GetProperty("table").GetString()));
        Assert.Equal(owner.Wallet.Address.ToString(), await OwnersOfAsync(token));
    }

    [Fact]
    public async Task The_next_leader_goes_on_where_one_lost_its_lease()
    {
        await MintAsync(await SignInAsync());
        await FollowAsync();
        ApiAnswer accepted;
        Task drained;
        await using (RowLock cursor = await RowLock.TakeAsync(
            AdminConnectionString, "SELECT 1 FROM chain_cursors FOR UPDATE", Cancelled))
        {
            accepted = await Administrator.PostAsync($"{Path}?from={Start}", Ask.Nothing, Cancelled);
            drained = Market.App.Broker.DrainAsync(Cancelled);
            await cursor.WaitForWaiterAsync(Cancelled);
            await Market.App.Database.ExecuteAsync(
                "UPDATE leases SET holder = gen_random_uuid(), fence = fence + 1, held_until = $1",
                Cancelled, Market.Clock.GetUtcNow());
        }

        await drained;
        await FollowAsync();

        JsonElement done = (await Administrator.GetAsync(accepted.Headers.Location!.ToString(), Cancelled)).Json;
        Assert.Equal("done", done.GetProperty("status").GetString());
        Assert.True(done.GetProperty("isEqual").GetBoolean());
        Assert.Equal(0, done.GetProperty("restarts").GetInt32());
    }

    [Fact]
    public async Task Begins_anew_where_other_contracts_are_followed_or_the_chain_has_moved()
    {
        TokenId kept = await MintAsync(await SignInAsync());
        await FollowAsync();
        TokenId lost = await MintAsync(await SignInAsync());
        await FollowAsync();
        // What was kept aside up to the cursor was asked of other contracts, and its last block leaves the chain.
        await Market.App.Database.ExecuteAsync(
            """
            INSERT INTO chain_resyncs (id, chain_id, from_block, status, requested_by, requested_at, staged_number,
                staged_hash, staged_parent, staged_time, contracts)
            SELECT gen_random_uuid(), chain_id, number, 'staging', gen_random_uuid(), now(), number, hash, parent_hash,
                block_time, decode(repeat('00', 32), 'hex')
            FROM chain_cursors
            """,
            Cancelled);

        await Market.Node.ReorgAsync(1, Cancelled);
        await FollowAsync();

        Assert.Equal("done 1 true", await Market.App.Database.FindAsync<string>(
            "SELECT concat_ws(' ', status, restarts, is_equal::text) FROM chain_resyncs WHERE contracts IS NOT NULL "
                + "ORDER BY finished_at DESC LIMIT 1",
            Cancelled));
        Assert.NotEqual("", await OwnersOfAsync(kept));
        Assert.Equal("", await OwnersOfAsync(lost));
    }

    [Fact]
    public async Task Gives_up_what_fails_again_and_again_and_changes_nothing()
    {
        TokenId token = await MintAsync(await SignInAsync());
        await FollowAsync();
        await Market.App.Database.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN IF NEW.status = 'done' THEN RAISE 'no'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON chain_resyncs FOR EACH ROW EXECUTE FUNCTION refuse();
            """,
            Cancelled);
        ApiAnswer accepted = await Administrator.PostAsync($"{Path}?from={Start}", Ask.Nothing, Cancelled);
        await Market.App.Broker.DrainAsync(Cancelled);
        for (int i = 0; i < 4; i++) await Market.HintAsync(Cancelled);
        await Market.App.Database.ExecuteAsync("DROP FUNCTION refuse CASCADE", Cancelled);
        await FollowAsync();

        JsonElement failed = (await Administrator.GetAsync(accepted.Headers.Location!.ToString(), Cancelled)).Json;
        Assert.Equal("failed", failed.GetProperty("status").GetString());
        Assert.Contains("3 attempts", failed.GetProperty("failedReason").GetString(), StringComparison.Ordinal);
        Assert.NotEqual("", await OwnersOfAsync(token));
    }

    [Fact]
    public async Task Says_that_there_are_too_many_logs_for_one_transaction()
    {
        await MintAsync(await SignInAsync());
        await FollowAsync();
        await ResyncAsync(Start);
        Guid id = Guid.NewGuid();
        // As if all but the cursor's own block had been kept aside, and had held as many logs as there may be.
        await Market.App.Database.ExecuteAsync(
            """
            INSERT INTO chain_resyncs (id, chain_id, from_block, status, requested_by, requested_at, staged_number,
                staged_hash, staged_parent, staged_time, contracts, logs)
            SELECT $1, c.chain_id, c.number, 'staging', $1, now(), c.number - 1, c.parent_hash, c.parent_hash,
                c.block_time, done.contracts, $2
            FROM chain_cursors c, chain_resyncs done WHERE done.status = 'done' ORDER BY done.finished_at DESC LIMIT 1
            """,
            Cancelled, id, ResyncRun.LogsMax);

        await FollowAsync();

        JsonElement failed =
            (await Administrator.GetAsync($"/v1/admin/chains/{Market.Id}/resyncs/{id}", Cancelled)).Json;
        Assert.Equal("failed", failed.GetProperty("status").GetString());
        Assert.Contains(
            "resync from a higher block", failed.GetProperty("failedReason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Knows_nothing_of_a_chain_that_was_never_followed()
    {
        await using Market fresh = await Market.StartAsync(Market.App.World, Cancelled);
        Trader administrator = await fresh.SignInAdministratorAsync(Cancelled);

        AssertRefused(404, "not_found", await administrator.PostAsync($"{Path}?from=1", Ask.Nothing, Cancelled));
    }

    [Fact]
    public async Task Readers_see_the_old_state_until_the_new_one_is_committed()
    {
        Trader owner = await SignInAsync();
        TokenId token = await MintAsync(owner);
        await FollowAsync();
        ApiAnswer accepted;
        Task drained;
        await using (RowLock rows = await RowLock.TakeAsync(
            AdminConnectionString, "LOCK TABLE token_balances IN SHARE MODE", Cancelled))
        {
            accepted = await Administrator.PostAsync($"{Path}?from={Start}", Ask.Nothing, Cancelled);
            drained = Market.App.Broker.DrainAsync(Cancelled);
            await rows.WaitForWaiterAsync(Cancelled);

            Assert.Equal(owner.Wallet.Address.ToString(), await OwnersOfAsync(token));
            Assert.Equal(["mint"], await ActivityOfAsync(token));
        }

        await drained;
        JsonElement done = (await Administrator.GetAsync(accepted.Headers.Location!.ToString(), Cancelled)).Json;
        Assert.True(done.GetProperty("isEqual").GetBoolean());
    }

    [Fact]
    public async Task Answers_a_repeat_alike_and_refuses_a_second_one_meanwhile()
    {
        await FollowAsync();
        await using RowLock lease = await RowLock.TakeAsync(
            AdminConnectionString, "SELECT 1 FROM chain_cursors FOR UPDATE", Cancelled);
        const string Key = "resync-once-and-no-more";

        ApiAnswer first = await Administrator.PostAsync($"{Path}?from={Start}", Ask.Nothing, Cancelled, Key);
        ApiAnswer again = await Administrator.PostAsync($"{Path}?from={Start}", Ask.Nothing, Cancelled, Key);
        ApiAnswer second = await Administrator.PostAsync($"{Path}?from={Start}", Ask.Nothing, Cancelled);

        Assert.Equal(202, first.Status);
        Assert.Equal(first.Json.GetProperty("id").GetGuid(), again.Json.GetProperty("id").GetGuid());
        AssertRefused(409, "conflict", second);
        await lease.DisposeAsync();
        await Market.App.Broker.DrainAsync(Cancelled);
        await FollowAsync();
    }

    [Fact]
    public async Task Refuses_what_was_never_followed_and_who_may_not()
    {
        await FollowAsync();
        long cursor = (await ChainAsync()).GetProperty("blockNumber").GetInt64();

        AssertRefused(400, "invalid_request", await Administrator.PostAsync($"{Path}?from=0", Ask.Nothing, Cancelled));
        AssertRefused(
            400, "invalid_request",
            await Administrator.PostAsync($"{Path}?from={cursor + 1}", Ask.Nothing, Cancelled), "from");
        AssertRefused(
            422, "chain_unknown",
            await Administrator.PostAsync("/v1/admin/chains/5/resync?from=1", Ask.Nothing, Cancelled));
        AssertRefused(
            403, "forbidden", await (await SignInAsync()).PostAsync($"{Path}?from={Start}", Ask.Nothing, Cancelled));
    }
}
