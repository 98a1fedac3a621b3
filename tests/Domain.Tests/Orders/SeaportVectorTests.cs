using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Domain.Tests.Orders;

public sealed class SeaportVectorTests
{
    private const string Signature65 =
        "0x145d4effa30d03ec96c1857cc67880fa96cdd0b1434976666bedcea3995689d6"
        + "6dc5dfa287c13421ed5c904b8450ba62843dbaee6315feb951b2e5eff3757cad1c";

    private const string Signature64 =
        "0x145d4effa30d03ec96c1857cc67880fa96cdd0b1434976666bedcea3995689d6"
        + "edc5dfa287c13421ed5c904b8450ba62843dbaee6315feb951b2e5eff3757cad";

    private const string BulkSignature =
        "0xd7a9ccb9d013253a8e1a0e2c02c7bacd202771f97c225fe0b36cc99c42e4da4a"
        + "8ab5f901bf630c34afdd173f6c118fdfdf5c0bb1307e4cdcdc20b2a379cd2bfb000002"
        + "06bfdd4fee487c47799fd9aa57225e03268298d2983ff74cbab178665fab33ea"
        + "76f428af3c601ffc4d4f1e97ba248f75dd0a30cfa3af4f395c2853eee354b0ce";

    [Fact]
    public void Hashes_types_as_the_contract_does()
    {
        Assert.Equal(
            "0xfa445660b7e21515a59617fcd68910b487aa5808b8abda3d78bc85df364b2c2f",
            OrderHashing.OrderComponentsTypeHash.ToString());
        Assert.Equal(
            "0xa66999307ad1bb4fde44d13a5d710bd7718e0c87c1eef68a571629fbf5b93d02",
            OrderHashing.OfferItemTypeHash.ToString());
        Assert.Equal(
            "0x42d81c6929ffdc4eb27a0808e40e82516ad42296c166065de7f812492304ff6e",
            OrderHashing.ConsiderationItemTypeHash.ToString());
    }

    [Theory]
    [InlineData(1, "0xfce34bc6e1752c1117e5063116d25cad2fa2bdcf15ff2d2e275eece7dc31ba64")]
    [InlineData(137, "0x75cc53fc58a5e6aeb055ab5e854b21007c38ec4db32fc85a82f7d2fe08d03607")]
    [InlineData(8453, "0x1965c52d779fea3b2c530bc1bbedc135c9671ade2fa4748307d92dbcdb47b2e0")]
    [InlineData(42161, "0x2b9168d7bbfec2e9eae422892aa5f50ff12b1aa8557820ce2a7a2eb9f14bc4ea")]
    [InlineData(10, "0x31efa527ae8ec03c571869a379bd3ca70fe82073d9ac91bac16b7edc8e3e81e1")]
    [InlineData(11155111, "0xabe6fa56e16aecdc0a81f712b3c41518e063f22fb475c9f802a8265c782f7beb")]
    [InlineData(80002, "0xd6bb3b128dc976c71795c198dbcaf055ebfe727c6af1c4add157af77e7452ab3")]
    public void Separates_the_domains_of_chains(ulong chainId, string separator) =>
        Assert.Equal(
            separator,
            new SeaportDomain(new ChainId(chainId), SeaportDomain.CanonicalSeaport).Separator.ToString());

    [Fact]
    public void Hashes_and_signs_an_order_as_others_do()
    {
        OrderComponents order = SampleOrders.Listing();
        Bytes32 digest = SampleOrders.Mainnet.Digest(order);

        Assert.Equal("0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A", SampleOrders.Seller.Address.ToString());
        Assert.Equal(
            "0xc7ab7e7abf3d85f11c5e1595dcc5505677b492eeeca5c91cca5de5ae3b477b22", order.Hash().ToString());
        Assert.Equal("0x73cccc68b0ad183141b310e1a46d97c09adb469fa200902ef99758c19fe29038", digest.ToString());
        Assert.Equal(Signature65, Hex.Encode(SampleOrders.Seller.Sign(digest).ToArray()));
        Assert.Equal(Signature64, Hex.Encode(SampleOrders.Seller.Sign(digest).ToCompactArray()));
    }

    [Fact]
    public void Gives_wallets_typed_data_of_the_same_digest()
    {
        OrderComponents order = SampleOrders.Listing();

        var read = TypedData.Parse(OrderTypedData.Of(order, SampleOrders.Mainnet).ToJson());

        Assert.Equal(order.Hash().Value, read.StructHash);
        Assert.Equal(SampleOrders.Mainnet.Digest(order), read.Digest());
    }

    [Theory]
    [InlineData(Signature65)]
    [InlineData(Signature64)]
    public void Takes_both_forms_of_a_signature(string signature) =>
        Assert.True(OrderSignature.Verify(
            SampleOrders.Listing(), SampleOrders.Mainnet, Hex.Decode(signature), out _));

    [Fact]
    public void Hashes_the_empty_order_that_pads_a_tree()
    {
        var empty = new OrderComponents
        {
            Offerer = Address.Zero,
            Zone = Address.Zero,
            Offer = [],
            Consideration = [],
            OrderType = OrderType.FullOpen,
            StartTime = 0,
            EndTime = 0,
            ZoneHash = Bytes32.Zero,
            Salt = 0,
            ConduitKey = Bytes32.Zero,
            Counter = 0,
        };

        Assert.Equal(
            "0x06bfdd4fee487c47799fd9aa57225e03268298d2983ff74cbab178665fab33ea", empty.Hash().ToString());
    }

    [Theory]
    [InlineData(1, "0x3ca2711d29384747a8f61d60aad3c450405f7aaff5613541dee28df2d6986d32")]
    [InlineData(2, "0xbf8e29b89f29ed9b529c154a63038ffca562f8d7cd1e2545dda53a1b582dde30")]
    [InlineData(3, "0x53c6f6856e13104584dd0797ca2b2779202dc2597c6066a42e0d8fe990b0024d")]
    [InlineData(4, "0xa02eb7ff164c884e5e2c336dc85f81c6a93329d8e9adf214b32729b894de2af1")]
    [InlineData(5, "0x39c9d33c18e050dda0aeb9a8086fb16fc12d5d64536780e1da7405a800b0b9f6")]
    [InlineData(6, "0x1c19f71958cdd8f081b4c31f7caf5c010b29d12950be2fa1c95070dc47e30b55")]
    [InlineData(7, "0xca74fab2fece9a1d58234a274220ad05ca096a92ef6a1ca1750b9d90c948955c")]
    [InlineData(24, "0x1d51df90cba8de7637ca3e8fe1e3511d1dc2f23487d05dbdecb781860c21ac1c")]
    public void Hashes_the_types_of_trees(int height, string hash) =>
        Assert.Equal(hash, BulkOrderSignature.TypeHash(height).ToString());

    [Fact]
    public void Finds_the_root_and_digest_of_a_tree_from_one_path()
    {
        OrderHash leaf = SampleOrders.Listing(1002).Hash();

        Assert.True(BulkOrderSignature.TryParse(Hex.Decode(BulkSignature), out BulkOrderSignature? bulk));

        Assert.Equal((2, 2), (bulk.Height, bulk.LeafIndex));
        Assert.Equal("0x7cab52b13d810b6ccc3fabf4d583bd68840ada977f1002d6bc157958678fb4ce", leaf.ToString());
        Assert.Equal(
            "0x5f246480c36d5ddc6fcce0cff568320c1cea8ae63176bb3cf5ff18d3cffc39fc", bulk.Root(leaf).ToString());
        Assert.Equal(
            "0xb180b43523c0534423b4005ccb00d2dabe2b841d8d175d5652f94098c88216f9",
            bulk.Digest(leaf, SampleOrders.Mainnet).ToString());
    }

    [Fact]
    public void Takes_a_bulk_signature_for_its_own_leaf_only()
    {
        byte[] signature = Hex.Decode(BulkSignature);

        Assert.True(OrderSignature.Verify(
            SampleOrders.Listing(1002), SampleOrders.Mainnet, signature, out _));
        Assert.False(OrderSignature.Verify(
            SampleOrders.Listing(1003), SampleOrders.Mainnet, signature, out string? reason));
        Assert.Equal("The signature is not the offerer's.", reason);
    }
}
