using Souk.Domain.Chain;
using Souk.Domain.Orders;
using Souk.Domain.Tests.Orders;
using Souk.Domain.Tokens;

namespace Souk.Domain.Tests.Tokens;

public sealed class TokenCallsTests
{
    private static readonly Address Owner = SampleOrders.Seller.Address;
    private static readonly TokenId Token = new(42);

    public static TheoryData<string, byte[]> Calls => new()
    {
        { "ownerOf(uint256)", TokenCalls.OwnerOf(Token) },
        { "getApproved(uint256)", TokenCalls.GetApproved(Token) },
        { "isApprovedForAll(address,address)", TokenCalls.IsApprovedForAll(Owner, Owner) },
        { "setApprovalForAll(address,bool)", TokenCalls.SetApprovalForAll(Owner, true) },
        { "approve(address,uint256)", TokenCalls.Approve(Owner, Token) },
        { "supportsInterface(bytes4)", TokenCalls.SupportsInterface(TokenCalls.Erc721Interface) },
        { "royaltyInfo(uint256,uint256)", TokenCalls.RoyaltyInfo(Token, Wei.FromUlong(7)) },
        { "balanceOf(address)", TokenCalls.BalanceOf(Owner) },
        { "balanceOf(address,uint256)", TokenCalls.BalanceOf(Owner, Token) },
        { "mint(address,uint256)", TokenCalls.Mint(Owner, Token) },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void Encodes_what_the_signature_says(string signature, byte[] data) =>
        Assert.True(AbiFunction.Parse(signature).TryDecode(data, out _));

    [Fact]
    public void Encodes_the_arguments_in_order()
    {
        Assert.True(AbiFunction.Parse("royaltyInfo(uint256,uint256)").TryDecode(
            TokenCalls.RoyaltyInfo(Token, Wei.FromUlong(7)), out AbiValue[] arguments));
        Assert.Equal([42UL, 7UL], arguments);
        Assert.True(AbiFunction.Parse("supportsInterface(bytes4)").TryDecode(
            TokenCalls.SupportsInterface(TokenCalls.Erc721Interface), out AbiValue[] ids));
        Assert.Equal([0x80, 0xac, 0x58, 0xcd], ids[0].AsBytes().ToArray());
    }

    [Fact]
    public void Reads_answers_and_refuses_hostile_ones()
    {
        byte[] dirtyAddress = [1, .. new byte[31]];

        Assert.True(TokenCalls.TryReadAddress([.. new byte[12], .. Owner.ToArray()], out Address owner));
        Assert.Equal(Owner, owner);
        Assert.False(TokenCalls.TryReadAddress(dirtyAddress, out _));
        Assert.False(TokenCalls.TryReadAddress([], out _));
        Assert.False(TokenCalls.TryReadBool(new UInt256(2).ToBytes32().ToArray(), out _));
        Assert.False(TokenCalls.TryReadNumber(new byte[31], out _));
    }

    [Fact]
    public void Reads_a_royalty_or_none()
    {
        byte[] answer = [.. new byte[12], .. Owner.ToArray(), .. new UInt256(50).ToBytes32().ToArray()];

        Assert.True(TokenCalls.TryReadRoyalty(answer, out Royalty royalty));
        Assert.Equal(new Royalty(Owner, Wei.FromUlong(50)), royalty);
        Assert.False(TokenCalls.TryReadRoyalty(answer.AsSpan(0, 63), out Royalty none));
        Assert.True(none.IsNone);
    }
}
