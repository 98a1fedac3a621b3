using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Harness;
using Souk.Harness.Faults;
using Souk.Harness.Trading;

namespace Souk.Marketplace.Tests;

/// <summary>When the webhook of a block that left the chain came.</summary>
public enum OrphansWebhook
{
    /// <summary>While the block was there: it was read.</summary>
    Before,

    /// <summary>When the block had gone.</summary>
    After,

    /// <summary>It was lost.</summary>
    Never,
}

/// <summary>A market, and a second Marketplace that only ever sees what stays on the chain.</summary>
public class WitnessFixture(SharedWorld world) : MarketFixture(world)
{
    private FunctionApp<MarketplaceFunction>? _witness;

    /// <summary>The second one; its database is for <see cref="DatabaseCopy"/> to fill.</summary>
    public async Task<FunctionApp<MarketplaceFunction>> GetWitnessAsync() =>
        _witness ??= await Market.StartWitnessAsync(TestContext.Current.CancellationToken);

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_witness is not null) await _witness.DisposeAsync();
        await base.DisposeAsync();
    }
}

/// <summary>What the tests of reorganisations share: an orphan of every kind of act, and the comparison.</summary>
public abstract class ReorgTest(WitnessFixture fixture) : MarketTest(fixture)
{
    /// <summary>Orphans so many blocks that are full of acts; then both Marketplaces must have the same rows.</summary>
    protected async Task RequireNoTraceAsync(int depth, OrphansWebhook webhook)
    {
        FunctionApp<MarketplaceFunction> witness = await fixture.GetWitnessAsync();
        (Orphan orphan, Listed sold) = await PrepareAsync();
        await DatabaseCopy.CopyAsync(AdminConnectionString, ConnectionOf(witness), Cancelled);
        await orphan.MineAsync(depth, webhook == OrphansWebhook.Before ? FollowAsync : () => Task.CompletedTask);
        string before = await StatusOfAsync(sold);
        Assert.Equal(webhook == OrphansWebhook.Before ? "filled sold" : "held", before);

        await orphan.ReplaceAsync(depth);
        if (webhook == OrphansWebhook.Never) Assert.Equal(204, await Market.FireAsync("reconcile", Cancelled));
        else await FollowAsync();
        Assert.Equal(204, await witness.TakeTickAsync("reconcile", Cancelled));

        IReadOnlyList<string> expected = await DerivedRows.ReadAsync(ConnectionOf(witness), Cancelled);
        IReadOnlyList<string> actual = await ReadRowsAsync();
        Assert.Equal("", DerivedRows.Difference(expected, actual));
        Assert.Equal("inactive token_moved", await StatusOfAsync(sold));
    }

    /// <summary>
    /// Something of each kind is about to happen, and the chain is read to its head: sales, a cancellation, a raised
    /// counter, an approval taken back, mints and movements of one and of many.
    /// </summary>
    private async Task<(Orphan Orphan, Listed Sold)> PrepareAsync()
    {
        // Nobody does two things in the orphan: each is signed for the nonce that its sender has now.
        Trader[] sellers = await SignInAsync(6);
        Trader[] others = await SignInAsync(5);
        List<Listed> listed = [];
        foreach (Trader seller in sellers) listed.Add(await ListAsync(seller));
        JsonElement fill = await HoldAsync(others[0], listed[0]);
        JsonElement lastingFill = await HoldAsync(others[1], listed[1]);
        JsonElement cancellation =
            (await sellers[2].GetAsync($"/v1/listings/{listed[2].Id}/cancellation", Cancelled)).Json;
        Address units = await Orphan.DeployUnitsAsync(Market, others[2]);
        Assert.Equal(201, (await Market.RegisterAsync(Administrator, units, Cancelled)).Status);
        byte[] letMint = AbiFunction.Parse("setMinter(address,bool)").Encode(others[3].Wallet.Address, true);
        await Market.SendAsync(Market.Minter, Market.Contracts.Collection, letMint, Cancelled);
        await FollowAsync();

        Orphan orphan = new(Market);
        await orphan.LoseAsync(others[0], fill.GetProperty("steps")[0]);
        await orphan.KeepAsync(others[1], lastingFill.GetProperty("steps")[0]);
        await orphan.LoseAsync(sellers[2], cancellation);
        await orphan.GiveAsync(sellers[3], others[4].Wallet.Address, listed[3].Token);
        await orphan.GiveAsync(others[4], sellers[3].Wallet.Address, listed[3].Token);
        await orphan.RevokeAsync(sellers[4]);
        await orphan.RaiseCounterAsync(sellers[5]);
        await orphan.MoveUnitsAsync(others[2], units, sellers[0].Wallet.Address);
        await orphan.MintAsync(others[3], sellers[0].Wallet.Address, TokenBeside(listed[0]));
        await orphan.MintAsync(others[3], sellers[1].Wallet.Address, TokenBeside(listed[1]), isReplacing: true);
        await orphan.GiveAsync(sellers[0], others[0].Wallet.Address, listed[0].Token, isReplacing: true);
        return (orphan, listed[0]);
    }

    protected Task<IReadOnlyList<string>> ReadRowsAsync() => DerivedRows.ReadAsync(AdminConnectionString, Cancelled);

    private static TokenId TokenBeside(Listed listed) => new(listed.Token.Value + (UInt256)1_000_000UL);

    private async Task<Trader[]> SignInAsync(int count)
    {
        Trader[] people = new Trader[count];
        for (int i = 0; i < count; i++) people[i] = await SignInAsync();
        return people;
    }

    private static string ConnectionOf(FunctionApp<MarketplaceFunction> app) =>
        app.World.Database.Server.AdminConnectionString(app.Database.Name);
}
