using Souk.Domain.Chain;

namespace Souk.Local.Tests.Contracts;

public sealed class SoukZoneTests
{
    private static readonly PrivateKey s_foreignKey = PrivateKey.Parse($"0x{new string('2', 64)}");

    [Fact]
    public async Task Lets_the_authorized_buyer_fill_a_restricted_order()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListTokenAsync(1);
        byte[] authorization = await it.AuthorizeAsync(order, it.Buyer);
        Wei before = await it.Node.Rpc.GetBalanceAsync(it.Seller, TestContext.Current.CancellationToken);

        Assert.True(await it.FillAsync(it.Buyer, order, authorization));

        Wei after = await it.Node.Rpc.GetBalanceAsync(it.Seller, TestContext.Current.CancellationToken);
        Assert.Equal(it.Buyer, await it.OwnerOfAsync(1));
        Assert.Equal(Wei.FromUlong(order.PriceWei), after - before);
    }

    [Fact]
    public async Task Refuses_another_wallet_with_the_same_call_data()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListTokenAsync(1);
        byte[] authorization = await it.AuthorizeAsync(order, it.Buyer);

        Assert.Equal(
            Selector.OfSignature("FillerMismatch(bytes32,address,address)"),
            await it.RefusalAsync(it.Stranger, order, authorization));
        Assert.False(await it.FillAsync(it.Stranger, order, authorization));
        Assert.Equal(it.Seller, await it.OwnerOfAsync(1));
    }

    [Fact]
    public async Task An_authorization_for_the_zero_address_authorizes_nobody()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListTokenAsync(1);

        Assert.Equal(
            Selector.OfSignature("FillerMismatch(bytes32,address,address)"),
            await it.RefusalAsync(it.Buyer, order, await it.AuthorizeAsync(order, Address.Zero)));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    public async Task Lets_a_fill_pass_in_blocks_before_the_expiry_and_in_none_at_it(int seconds, bool passes)
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListTokenAsync(1);
        ulong expiry = await it.ChainTimeAsync() + 100;
        byte[] authorization = await it.AuthorizeAsync(order, it.Buyer, expiry: expiry);

        await it.SetNextBlockTimeAsync((ulong)((long)expiry + seconds));

        Assert.Equal(passes, await it.FillAsync(it.Buyer, order, authorization));
    }

    [Fact]
    public async Task Refuses_an_expired_authorization()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListTokenAsync(1);
        byte[] authorization = await it.AuthorizeAsync(order, it.Buyer);

        await it.Node.IncreaseTimeAsync(TimeSpan.FromMinutes(6), TestContext.Current.CancellationToken);

        Assert.Equal(
            Selector.OfSignature("AuthorizationExpired(bytes32,uint256,uint256)"),
            await it.RefusalAsync(it.Buyer, order, authorization));
    }

    [Theory]
    [InlineData(28, "SignerNotActive(bytes32,address)")] // the expiry's last octet
    [InlineData(60, "QuantityMismatch(bytes32,uint256,uint256)")] // the quantity's
    [InlineData(61, "SignerNotActive(bytes32,address)")] // the signature's first
    [InlineData(124, "SignerNotActive(bytes32,address)")] // and last
    [InlineData(0, "InvalidExtraData(bytes32)")] // the version
    [InlineData(1, "FillerMismatch(bytes32,address,address)")] // the fulfiller's first
    public async Task Refuses_an_altered_authorization(int offset, string error)
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListTokenAsync(1);
        byte[] authorization = await it.AuthorizeAsync(order, it.Buyer);

        authorization[offset] ^= 0x02;

        Assert.Equal(Selector.OfSignature(error), await it.RefusalAsync(it.Buyer, order, authorization));
    }

    [Fact]
    public async Task Refuses_the_authorization_of_another_order()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder first = await it.ListTokenAsync(1);
        SignedOrder second = await it.ListTokenAsync(2);

        Assert.Equal(
            Selector.OfSignature("SignerNotActive(bytes32,address)"),
            await it.RefusalAsync(it.Buyer, second, await it.AuthorizeAsync(first, it.Buyer)));
    }

    [Fact]
    public async Task Refuses_a_foreign_signer()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListTokenAsync(1);

        Assert.Equal(
            Selector.OfSignature("SignerNotActive(bytes32,address)"),
            await it.RefusalAsync(it.Buyer, order, await it.AuthorizeAsync(order, it.Buyer, signer: s_foreignKey)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(124)]
    [InlineData(126)]
    public async Task Refuses_missing_short_and_long_extra_data(int length)
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListTokenAsync(1);
        byte[] authorization = await it.AuthorizeAsync(order, it.Buyer);

        Array.Resize(ref authorization, length);

        Assert.Equal(
            Selector.OfSignature("InvalidExtraData(bytes32)"),
            await it.RefusalAsync(it.Buyer, order, authorization));
    }

    [Fact]
    public async Task Refuses_another_quantity_than_authorized()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListUnitsAsync(5);
        byte[] authorization = await it.AuthorizeAsync(order, it.Buyer, quantity: 2);

        Assert.Equal(
            Selector.OfSignature("QuantityMismatch(bytes32,uint256,uint256)"),
            await it.RefusalAsync(it.Buyer, order, authorization, units: 3));
        Assert.True(await it.FillAsync(it.Buyer, order, authorization, units: 2));
    }

    [Fact]
    public async Task One_authorization_of_a_divisible_order_fills_once()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListUnitsAsync(5);
        byte[] authorization = await it.AuthorizeAsync(order, it.Buyer);

        Assert.True(await it.FillAsync(it.Buyer, order, authorization));

        Assert.Equal(
            Selector.OfSignature("AuthorizationUsed(bytes32,bytes32)"),
            await it.RefusalAsync(it.Buyer, order, authorization));
    }

    [Fact]
    public async Task Two_fills_of_one_transaction_need_two_authorizations()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListUnitsAsync(5);
        byte[] first = await it.AuthorizeAsync(order, it.Buyer);
        byte[] second = await it.AuthorizeAsync(order, it.Buyer, expiry: await it.ChainTimeAsync() + 301);

        Assert.False(await it.FillTwiceAtOnceAsync(it.Buyer, order, first, first));
        Assert.True(await it.FillTwiceAtOnceAsync(it.Buyer, order, first, second));
    }

    [Fact]
    public async Task Nobody_but_Seaport_can_use_an_authorization_up()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        const string parameters = "(bytes32,address,address,(uint8,address,uint256,uint256)[],"
            + "(uint8,address,uint256,uint256,address)[],bytes,bytes32[],uint256,uint256,bytes32)";
        SignedOrder order = await it.ListUnitsAsync(5);
        byte[] authorization = await it.AuthorizeAsync(order, it.Buyer);
        AbiValue seen = AbiValue.TupleOf(
            order.Hash, it.Buyer, it.Seller, AbiValue.ListOf(AbiValue.TupleOf(3UL, it.Chain.Collection, 1UL, 1UL)),
            AbiValue.ListOf(), authorization, AbiValue.ListOf(), 0UL, UInt256.MaxValue, Bytes32.Zero);

        Assert.False(await it.SendAsync(it.Stranger, it.Chain.Zone, $"validateOrder({parameters})", seen));
        Assert.True(await it.FillAsync(it.Buyer, order, authorization));
    }

    [Fact]
    public async Task Seaport_asks_the_zone_even_when_the_seller_fills()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListTokenAsync(1);

        Assert.Equal(
            Selector.OfSignature("InvalidExtraData(bytes32)"), await it.RefusalAsync(it.Seller, order, []));
    }
}
