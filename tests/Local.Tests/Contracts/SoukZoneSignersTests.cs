using Souk.Domain.Chain;

namespace Souk.Local.Tests.Contracts;

public sealed class SoukZoneSignersTests
{
    private static readonly PrivateKey s_nextKey = PrivateKey.Parse($"0x{new string('2', 64)}");

    [Fact]
    public async Task A_removed_signers_authorizations_are_void_and_it_never_returns()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder order = await it.ListTokenAsync(1);
        byte[] authorization = await it.AuthorizeAsync(order, it.Buyer);
        Address signer = ZoneScenario.SignerKey.Address;

        Assert.True(await it.SendAsync(it.Owner, it.Chain.Zone, "removeSigner(address)", signer));

        Assert.Equal(
            Selector.OfSignature("SignerNotActive(bytes32,address)"),
            await it.RefusalAsync(it.Buyer, order, authorization));
        Assert.False(await it.SendAsync(it.Owner, it.Chain.Zone, "addSigner(address)", signer));
        Assert.False(await it.SendAsync(it.Owner, it.Chain.Zone, "removeSigner(address)", signer));
    }

    [Fact]
    public async Task Two_signers_overlap_while_the_key_is_rotated()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        SignedOrder first = await it.ListTokenAsync(1);
        SignedOrder second = await it.ListTokenAsync(2);

        Assert.True(await it.SendAsync(it.Owner, it.Chain.Zone, "addSigner(address)", s_nextKey.Address));

        Assert.True(await it.FillAsync(it.Buyer, first, await it.AuthorizeAsync(first, it.Buyer)));
        byte[] byNext = await it.AuthorizeAsync(second, it.Buyer, signer: s_nextKey);
        Assert.True(await it.FillAsync(it.Buyer, second, byNext));
    }

    [Fact]
    public async Task Only_the_owner_changes_signers_and_zero_is_none()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        Address zone = it.Chain.Zone;

        Assert.False(await it.SendAsync(it.Stranger, zone, "addSigner(address)", s_nextKey.Address));
        Assert.False(await it.SendAsync(it.Stranger, zone, "removeSigner(address)", ZoneScenario.SignerKey.Address));
        Assert.False(await it.SendAsync(it.Owner, zone, "addSigner(address)", Address.Zero));
    }

    [Fact]
    public async Task Ownership_passes_in_two_steps_and_is_never_given_up()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        Address zone = it.Chain.Zone;

        Assert.False(await it.SendAsync(it.Owner, zone, "renounceOwnership()"));
        Assert.True(await it.SendAsync(it.Owner, zone, "transferOwnership(address)", it.Stranger));
        Assert.Equal(it.Owner, (await it.ReadAsync(zone, "owner()", "address", []))[0].AsAddress());
        Assert.False(await it.SendAsync(it.Buyer, zone, "acceptOwnership()"));
        Assert.True(await it.SendAsync(it.Stranger, zone, "acceptOwnership()"));
        Assert.Equal(it.Stranger, (await it.ReadAsync(zone, "owner()", "address", []))[0].AsAddress());
    }

    [Theory]
    [InlineData("0x01ffc9a7", true)] // ERC-165
    [InlineData("0x39dd6933", true)] // Seaport 1.6's ZoneInterface
    [InlineData("0x2e778efc", true)] // SIP-5
    [InlineData("0xffffffff", false)]
    public async Task Says_which_interfaces_it_has(string interfaceId, bool expected)
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        AbiValue id = new AbiValue.FixedBytes(Hex.Decode(interfaceId));

        AbiValue[] answer = await it.ReadAsync(it.Chain.Zone, "supportsInterface(bytes4)", "bool", id);

        Assert.Equal(expected, answer[0].AsBool());
    }

    [Fact]
    public async Task Its_digest_is_that_of_the_typed_data_in_its_own_domain()
    {
        await using ZoneScenario it = await ZoneScenario.StartAsync();
        AbiType word = AbiType.Parse("bytes32");
        AbiType number = AbiType.Parse("uint256");
        AbiType account = AbiType.Parse("address");
        Bytes32 orderHash = Keccak256.HashText("some order");
        Bytes32 domain = Keccak256.Hash(AbiCodec.Encode(
            [word, word, word, number, account],
            [
                Keccak256.HashText(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                Keccak256.HashText("SoukZone"), Keccak256.HashText("1"), 31_337UL, it.Chain.Zone,
            ]));
        Bytes32 structure = Keccak256.Hash(AbiCodec.Encode(
            [word, word, account, number, number],
            [
                Keccak256.HashText(
                    "FillAuthorization(bytes32 orderHash,address fulfiller,uint256 quantity,uint64 expiry)"),
                orderHash, it.Buyer, 3UL, 1_800_000_000UL,
            ]));

        AbiValue[] digest = await it.ReadAsync(
            it.Chain.Zone, "digestOf(bytes32,address,uint256,uint64)", "bytes32",
            orderHash, it.Buyer, 3UL, 1_800_000_000UL);

        Assert.Equal(
            Keccak256.Hash([0x19, 0x01, .. domain.ToArray(), .. structure.ToArray()]), digest[0].AsBytes32());
    }
}
