using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Domain.Tests.Orders;

public sealed class FillAuthorizationTests
{
    private static readonly PrivateKey Signer = PrivateKey.Parse(new string('2', 64));
    private static readonly ZoneDomain Zone =
        new(new ChainId(31337), Address.Parse("0x00000000000000000000000000000000000000d1"));

    private static readonly FillAuthorization Authorization = new(
        SampleOrders.Listing().Hash(),
        Address.Parse("0x00000000000000000000000000000000000000f1"),
        3,
        DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    [Fact]
    public void Lays_its_octets_out_as_the_zone_reads_them()
    {
        byte[] extraData = Authorization.Encode(Zone, Signer);

        Assert.Equal(125, extraData.Length);
        Assert.Equal(
            "0x0000000000000000000000000000000000000000f1000000006b49d200"
            + "0000000000000000000000000000000000000000000000000000000000000003",
            Hex.Encode(extraData.AsSpan(0, 61)));
    }

    [Fact]
    public void Reads_back_what_it_signs()
    {
        byte[] extraData = Authorization.Encode(Zone, Signer);

        Assert.True(FillAuthorization.TryDecode(
            extraData, Authorization.OrderHash, out FillAuthorization? read, out Signature signature));
        Assert.Equal(Authorization, read);
        Assert.True(Secp256k1.Verify(read.Digest(Zone), signature, Signer.Address));
    }

    [Fact]
    public void Is_for_one_order_one_zone_and_one_chain()
    {
        Bytes32 digest = Authorization.Digest(Zone);

        Assert.NotEqual(digest, Authorization.Digest(new ZoneDomain(new ChainId(1), Zone.Zone)));
        Assert.NotEqual(digest, Authorization.Digest(new ZoneDomain(Zone.ChainId, Address.Zero)));
        Assert.NotEqual(
            digest, (Authorization with { OrderHash = SampleOrders.Listing(1).Hash() }).Digest(Zone));
    }

    [Fact]
    public void Hashes_as_typed_data_does()
    {
        var data = TypedData.Create(
            new Eip712Domain("SoukZone", "1", Zone.ChainId, Zone.Zone),
            new Dictionary<string, IReadOnlyList<TypedMember>>
            {
                ["FillAuthorization"] =
                [
                    new TypedMember("orderHash", "bytes32"), new TypedMember("fulfiller", "address"),
                    new TypedMember("quantity", "uint256"), new TypedMember("expiry", "uint64"),
                ],
            },
            "FillAuthorization",
            new AbiValue.Tuple(
                [Authorization.OrderHash.Value, Authorization.Fulfiller, Authorization.Quantity, 1_800_000_000UL]));

        Assert.Equal(data.Digest(), Authorization.Digest(Zone));
    }

    [Fact]
    public void Refuses_another_version_length_or_time()
    {
        byte[] good = Authorization.Encode(Zone, Signer);
        byte[] version = [1, .. good[1..]];
        byte[] longer = [.. good, 0];
        byte[] never = [.. good];
        never[21] = 0xff;

        foreach (byte[] bad in new[] { version, longer, good[..124], never, [] })
            Assert.False(FillAuthorization.TryDecode(bad, Authorization.OrderHash, out _, out _));
    }
}
