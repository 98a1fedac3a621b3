using System.Security.Cryptography;
using CsCheck;
using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Domain.Tests.Orders;

public sealed class OrderSignatureTests
{
    private static readonly OrderComponents Order = SampleOrders.Listing();

    private static byte[] Signed => SampleOrders.Seller.Sign(SampleOrders.Mainnet.Digest(Order)).ToArray();

    [Fact]
    public void Refuses_another_chains_signature()
    {
        var polygon = new SeaportDomain(new ChainId(137), SeaportDomain.CanonicalSeaport);

        Assert.False(OrderSignature.Verify(Order, polygon, Signed, out _));
    }

    [Fact]
    public void Refuses_a_v_that_the_contract_refuses_until_it_is_made_normal()
    {
        byte[] signature = Signed;
        signature[64] -= 27;

        Assert.False(OrderSignature.Verify(Order, SampleOrders.Mainnet, signature, out string? reason));
        Assert.Equal("The signature's v is neither 27 nor 28.", reason);
        Assert.True(OrderSignature.Verify(
            Order, SampleOrders.Mainnet, OrderSignature.Normalize(signature), out _));
    }

    [Fact]
    public void Leaves_a_compact_signature_as_it_is()
    {
        byte[] compact = SampleOrders.Seller.Sign(SampleOrders.Mainnet.Digest(Order)).ToCompactArray();

        Assert.Equal(compact, OrderSignature.Normalize(compact));
    }

    [Fact]
    public void Refuses_every_single_changed_octet()
    {
        for (int i = 0; i < 65; i++)
        {
            byte[] signature = Signed;
            signature[i] ^= 1;

            Assert.False(OrderSignature.Verify(Order, SampleOrders.Mainnet, signature, out _), $"octet {i}");
        }
    }

    [Fact]
    public void Never_throws_on_octets_that_are_no_signature() =>
        Gen.Byte.Array[0, 1000].Sample(
            octets => !OrderSignature.Verify(Order, SampleOrders.Mainnet, octets, out _)
                && OrderSignature.Normalize(octets).Length == octets.Length,
            iter: 300);

    [Theory]
    [InlineData(64, false)]
    [InlineData(98, false)]
    [InlineData(99, true)]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(131, true)]
    [InlineData(835, true)]
    [InlineData(836, true)]
    [InlineData(867, false)]
    public void Knows_which_lengths_are_bulk(int length, bool isBulk) =>
        Assert.Equal(isBulk, BulkOrderSignature.IsBulkLength(length));

    [Fact]
    public void Verifies_every_leaf_of_a_tree_of_any_height()
    {
        for (int height = 1; height <= BulkOrderSignature.HeightMax; height++)
        {
            Bytes32[] siblings =
            [
                .. Enumerable.Range(0, height).Select(i => new Bytes32(SHA256.HashData([(byte)i, (byte)height]))),
            ];
            int index = 0x5a5a5a & ((1 << height) - 1);
            byte[] tail = [(byte)(index >> 16), (byte)((index >> 8) & 0xff), (byte)(index & 0xff)];
            byte[] path = [.. tail, .. siblings.SelectMany(it => it.ToArray())];
            Assert.True(BulkOrderSignature.TryParse([.. new byte[65], .. path], out BulkOrderSignature? shape));
            Bytes32 digest = shape.Digest(Order.Hash(), SampleOrders.Mainnet);
            Signature signature = SampleOrders.Seller.Sign(digest);

            Assert.True(OrderSignature.Verify(
                Order, SampleOrders.Mainnet, [.. signature.ToArray(), .. path], out _));
            Assert.True(OrderSignature.Verify(
                Order, SampleOrders.Mainnet, [.. signature.ToCompactArray(), .. path], out _));
        }
    }

    [Fact]
    public void Asks_a_contract_wallet_with_the_orders_digest_and_the_octets_as_given()
    {
        byte[] signature = [1, 2, 3];

        byte[] call = ContractSignature.Call(Order, SampleOrders.Mainnet, signature);

        var function = AbiFunction.Parse("isValidSignature(bytes32,bytes)");
        Assert.Equal(function.Encode(SampleOrders.Mainnet.Digest(Order), signature), call);
    }

    [Theory]
    [InlineData("0x1626ba7e00000000000000000000000000000000000000000000000000000000", true)]
    [InlineData("0x1626ba7e00000000000000000000000000000000000000000000000000000001", false)]
    [InlineData("0xffffffff00000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("0x1626ba7e", false)]
    [InlineData("0x", false)]
    public void Takes_only_the_contracts_own_yes(string answer, bool isYes) =>
        Assert.Equal(isYes, ContractSignature.IsYes(Hex.Decode(answer)));
}
