using Souk.Domain.Chain;
using Souk.Harness.Trading;
using Souk.Platform.Postgres;

namespace Souk.Marketplace.Tests;

/// <summary>What logs add up to does not depend on the spans in which, or how often, they are read.</summary>
public sealed class ApplyLogsTests(MarketFixture fixture) : UndoTest(fixture), IClassFixture<MarketFixture>
{
    private static readonly Address Units = Address.Parse("0x00000000000000000000000000000000000000e1");
    private static readonly Address Somebody = Address.Parse("0x00000000000000000000000000000000000000e2");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Spans_of_any_length_lead_to_one_state_and_back(int seed)
    {
        MadeLogs logs = await TrafficAsync(seed);
        List<DerivedDigest> passed = [await DigestAsync()];

        for (long block = MadeLogs.Base + 1; block <= logs.LastBlock; block++)
        {
            await ApplyAsync(logs, block, block);
            passed.Add(await DigestAsync());
        }

        Assert.Contains("listings", passed[^1].DifferencesFrom(passed[0]));
        for (long block = logs.LastBlock; block >= MadeLogs.Base; block--)
        {
            await UnwindAsync(block);
            await AssertStateAsync(passed[(int)(block - MadeLogs.Base)]);
        }

        await ApplyAsync(logs, MadeLogs.Base, logs.LastBlock);
        await AssertStateAsync(passed[^1]);
        await UnwindAsync(MadeLogs.Base);
        await AssertStateAsync(passed[0]);
    }

    [Fact]
    public async Task Logs_read_twice_or_in_overlapping_spans_change_nothing_more()
    {
        MadeLogs logs = await TrafficAsync(seed: 4);
        DerivedDigest nothing = await DigestAsync();
        long middle = (MadeLogs.Base + logs.LastBlock) / 2;
        await ApplyAsync(logs, MadeLogs.Base, logs.LastBlock);
        DerivedDigest all = await DigestAsync();

        await ApplyAsync(logs, MadeLogs.Base, logs.LastBlock);
        await AssertStateAsync(all);
        await UnwindAsync(middle);
        await ApplyAsync(logs, MadeLogs.Base, logs.LastBlock);
        await AssertStateAsync(all);
        await ApplyAsync(logs, middle - 2, middle + 2);
        await AssertStateAsync(all);
        await UnwindAsync(MadeLogs.Base);
        await AssertStateAsync(nothing);
    }

    [Fact]
    public async Task A_chain_read_anew_leads_to_the_state_that_it_had_and_announces_nothing()
    {
        MadeLogs logs = await TrafficAsync(seed: 5);
        await ApplyAsync(logs, MadeLogs.Base, logs.LastBlock);
        DerivedDigest all = await DigestAsync();
        long announced = await CountAsync("outbox");

        await Database.WriteAsync(
            async transaction =>
            {
                await BlockUnwinder.RewindAsync(transaction, Chain.Id, MadeLogs.Base + 3, Cancelled);
                LogApplier applier = new(transaction, Chain, Chain.Seaport) { IsReplay = true };
                await applier.ApplyAsync([.. logs.All.Where(it => it.Log.BlockNumber > MadeLogs.Base + 3)], Cancelled);
            },
            Cancelled);

        await AssertStateAsync(all);
        Assert.Equal(announced, await CountAsync("outbox"));
        await UnwindAsync(MadeLogs.Base);
    }

    [Fact]
    public async Task Many_units_are_a_sum_that_never_loses_what_was_there_before()
    {
        TokenId token = new(9);
        DerivedDigest nothing = await DigestAsync();
        MadeLogs logs = new MadeLogs(Chain.Seaport)
            .NextBlock().Units(Units, Somebody, Market.Minter, token, 5)
            .NextBlock().Batch(Units, Market.Minter, Somebody, [9UL, 9UL, 10UL], [1UL, 2UL, 7UL])
            .NextBlock().Units(Units, Somebody, Address.Zero, token, 1);

        await ApplyAsync(logs, MadeLogs.Base, logs.LastBlock);

        // Of five units that nobody saw come, three are back and one of those is burnt: shown as nothing.
        Assert.Equal(-3, (int)await SumAsync(token, Somebody));
        Assert.Equal(2, (int)await SumAsync(token, Market.Minter));
        List<TokenBalance> shown = await Database.ReadAsync(
            transaction => TokenTable.ListBalancesAsync(
                transaction, new TokenReference(Chain.Id, Units, token), Cancelled),
            Cancelled);
        Assert.Equal([new TokenBalance(Market.Minter, 2)], shown);
        await UnwindAsync(MadeLogs.Base);
        await AssertStateAsync(nothing);
    }

    [Fact]
    public async Task A_lot_is_off_sale_by_the_very_log_that_took_too_many_units()
    {
        Trader seller = await SignInAsync();
        Address from = seller.Wallet.Address;
        TokenId token = new(1);
        Address lots = await AddUnitsAsync(seller, 10);
        Listed listed = await ListUnitsAsync(seller, lots, 4);
        await FollowAsync();

        await ApplyAsync(
            new MadeLogs(Chain.Seaport).NextBlock()
                .Units(lots, from, Somebody, token, 3)
                .Units(lots, from, Somebody, token, 4)
                .Units(lots, from, Somebody, token, 1),
            MadeLogs.Base,
            MadeLogs.Base + 1);

        Assert.Equal("inactive token_moved", await StatusOfAsync(listed));
        Assert.Equal([1], await Market.App.Database.ListAsync<int>(
            "SELECT log_index FROM activity WHERE listing_id = $1 AND kind = 'deactivate'", Cancelled, listed.Id));
        await UnwindAsync(MadeLogs.Base);
    }

    [Fact]
    public async Task Money_is_the_net_of_what_moved_and_an_allowance_the_newest_word()
    {
        Address weth = Market.Contracts.Weth;
        MadeLogs logs = new MadeLogs(Chain.Seaport)
            .NextBlock().Deposit(weth, Somebody, 100).Pay(weth, Somebody, Market.Minter, 30)
            .Lend(weth, Somebody, Market.Minter, 50)
            .NextBlock().Lend(weth, Somebody, Market.Minter, 20).Pay(weth, Market.Minter, Address.Zero, 40);

        await ApplyAsync(logs, MadeLogs.Base, logs.LastBlock);

        Assert.Equal((70, -10, 20), await MoneyAsync(weth));
        await UnwindAsync(logs.LastBlock - 1);
        Assert.Equal((70, 30, 50), await MoneyAsync(weth));
        await UnwindAsync(MadeLogs.Base);
        Assert.Equal((0, 0, null), await MoneyAsync(weth));
    }

    private Task<System.Numerics.BigInteger> SumAsync(TokenId token, Address owner) => Database.ReadAsync(
        transaction => TokenTable.SumAsync(
            transaction, new TokenReference(Chain.Id, Units, token), owner, Cancelled),
        Cancelled);

    private Task<(int Somebody, int Minter, int? Allowance)> MoneyAsync(Address weth) => Database.ReadAsync(
        async transaction =>
        {
            UInt256? allowance = await CurrencyTable.FindAllowanceMaxAsync(
                transaction, Chain.Id, weth, Somebody, Market.Minter, Cancelled);
            return (
                (int)await CurrencyTable.GetNetAsync(transaction, Chain.Id, weth, Somebody, Cancelled),
                (int)await CurrencyTable.GetNetAsync(transaction, Chain.Id, weth, Market.Minter, Cancelled),
                allowance is { } known ? (int?)known.ToBigInteger() : null);
        },
        Cancelled);

    /// <summary>
    /// A dozen blocks of everything: tokens for sale and not, units, approvals, money, cancellations and a raised
    /// counter, each drawn by lot.
    /// </summary>
    private async Task<MadeLogs> TrafficAsync(int seed)
    {
        Random lot = new(seed);
        Trader seller = await SignInAsync();
        Trader friend = await SignInAsync();
        Listed[] listed = [await ListAsync(seller), await ListAsync(seller), await ListAsync(friend)];
        await FollowAsync();
        Address[] people = [seller.Wallet.Address, friend.Wallet.Address, Somebody, Address.Zero];
        Address lots = await AddUnitsAsync(seller, 10);
        await ListUnitsAsync(seller, lots, 4);
        await ListUnitsAsync(seller, lots, 9);
        MadeLogs logs = new(Chain.Seaport);
        for (int block = 0; block < 12; block++)
        {
            logs.NextBlock();
            for (int i = lot.Next(0, 12); i > 0; i--)
                Draw(lot, logs, people, listed, lots);
        }

        return logs;
    }

    private void Draw(Random lot, MadeLogs logs, Address[] people, Listed[] listed, Address lots)
    {
        Address collection = Market.Contracts.Collection;
        Address weth = Market.Contracts.Weth;
        Listed one = listed[lot.Next(listed.Length)];
        Address from = people[lot.Next(people.Length)];
        Address to = people[lot.Next(people.Length)];
        Address mover = lot.Next(3) == 0 ? Somebody : Chain.Seaport;
        UInt256 amount = (ulong)lot.Next(1, 9);
        if (lot.Next(3) == 0) logs.NextTransaction();
        _ = lot.Next(40) switch
        {
            < 12 => logs.Transfer(collection, from, to, one.Token),
            < 15 => logs.Transfer(collection, from, to, new TokenId((ulong)lot.Next(900, 905))),
            < 18 => logs.Units(lots, from, to, new TokenId((ulong)lot.Next(3)), amount),
            < 20 => logs.Batch(lots, from, to, [1UL, 2UL, 1UL], [amount, amount, 3UL]),
            < 26 => logs.ApproveAll(collection, from, mover, lot.Next(2) == 0),
            < 32 => logs.ApproveOne(collection, from, lot.Next(2) == 0 ? mover : Address.Zero, one.Token),
            < 34 => logs.Pay(weth, from, to, amount),
            < 36 => logs.Deposit(weth, from, amount),
            < 38 => logs.Lend(weth, from, mover, amount),
            < 39 => logs.Cancel(new OrderHash(Domain.Orders.OrderJson.Read(
                one.Submission["order"]!.ToJsonString()).Hash().Value), from),
            _ => logs.RaiseCounter(from, amount),
        };
    }
}
