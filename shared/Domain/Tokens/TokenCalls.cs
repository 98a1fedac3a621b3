using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Domain.Tokens;

/// <summary>The call data of token contracts, and the answers of their reads.</summary>
/// <remarks>
/// References: ERC-20, ERC-721, ERC-1155, ERC-165, ERC-2981. <c>mint(address,uint256)</c> is no standard but what the
/// demo collection and most others of one owner have. An answer that does not decode is false: the contract is hostile
/// or of another kind.
/// </remarks>
public static class TokenCalls
{
    /// <summary>ERC-165 id of ERC-721.</summary>
    public const uint Erc721Interface = 0x80ac58cd;

    /// <summary>ERC-165 id of ERC-1155.</summary>
    public const uint Erc1155Interface = 0xd9b67a26;

    /// <summary>ERC-165 id of ERC-2981.</summary>
    public const uint RoyaltyInterface = 0x2a55205a;

    internal const uint OwnerOfSelector = 0x6352211e;
    internal const uint GetApprovedSelector = 0x081812fc;
    internal const uint IsApprovedForAllSelector = 0xe985e9c5;
    internal const uint SetApprovalForAllSelector = 0xa22cb465;
    internal const uint ApproveSelector = 0x095ea7b3;
    internal const uint SupportsInterfaceSelector = 0x01ffc9a7;
    internal const uint BalanceOfSelector = 0x70a08231;
    internal const uint BalanceOfTokenSelector = 0x00fdd58e;
    internal const uint MintSelector = 0x40c10f19;
    internal const uint TransferSelector = 0xa9059cbb;
    internal const uint SafeTransferFromSelector = 0x42842e0e;

    private static readonly AbiFunction s_safeTransferAmount =
        AbiFunction.Parse("safeTransferFrom(address,address,uint256,uint256,bytes)");

    private static readonly AbiFunction s_safeBatchTransfer =
        AbiFunction.Parse("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)");

    private static readonly AbiFunction s_mintAmount = AbiFunction.Parse("mint(address,uint256,uint256,bytes)");

    private static readonly AbiFunction s_mintBatch = AbiFunction.Parse("mintBatch(address,uint256[],uint256[],bytes)");

    /// <summary>ERC-721 <c>ownerOf</c>; answers an address, and reverts for a token that does not exist.</summary>
    public static byte[] OwnerOf(TokenId token) => AbiPart.Call(OwnerOfSelector, token.Value);

    /// <summary>ERC-721 <c>getApproved</c>; answers an address.</summary>
    public static byte[] GetApproved(TokenId token) => AbiPart.Call(GetApprovedSelector, token.Value);

    /// <summary><c>isApprovedForAll</c> of both standards; answers a truth.</summary>
    public static byte[] IsApprovedForAll(Address owner, Address mover) =>
        AbiPart.Call(IsApprovedForAllSelector, owner, mover);

    /// <summary><c>setApprovalForAll</c> of both standards.</summary>
    public static byte[] SetApprovalForAll(Address mover, bool isApproved) =>
        AbiPart.Call(SetApprovalForAllSelector, mover, isApproved);

    /// <summary>ERC-721 <c>approve</c> for one token; ERC-20's for an amount is, octet for octet, the same.</summary>
    public static byte[] Approve(Address mover, TokenId token) =>
        AbiPart.Call(ApproveSelector, mover, token.Value);

    /// <summary>ERC-165 <c>supportsInterface</c>; answers a truth.</summary>
    /// <param name="interfaceId">Such as <see cref="Erc721Interface"/>.</param>
    public static byte[] SupportsInterface(uint interfaceId)
    {
        byte[] word = new byte[Bytes32.Length];
        new Selector(interfaceId).ToArray().CopyTo(word, 0);
        return AbiPart.Call(SupportsInterfaceSelector, new Bytes32(word));
    }

    /// <summary>ERC-2981 <c>royaltyInfo</c>; read with <see cref="TryReadRoyalty"/>.</summary>
    /// <param name="token">The token.</param>
    /// <param name="price">In wei; the answer is in the same unit.</param>
    public static byte[] RoyaltyInfo(TokenId token, Wei price) =>
        AbiPart.Call(RoyaltyInterface, token.Value, price.Value);

    /// <summary>ERC-721 <c>balanceOf</c>; answers a number.</summary>
    public static byte[] BalanceOf(Address owner) => AbiPart.Call(BalanceOfSelector, owner);

    /// <summary>ERC-1155 <c>balanceOf</c>; answers a number.</summary>
    public static byte[] BalanceOf(Address owner, TokenId token) =>
        AbiPart.Call(BalanceOfTokenSelector, owner, token.Value);

    /// <summary><c>mint(address,uint256)</c>.</summary>
    public static byte[] Mint(Address to, TokenId token) => AbiPart.Call(MintSelector, to, token.Value);

    /// <summary><c>mint(address,uint256,uint256,bytes)</c>, which OpenZeppelin's ERC-1155 preset has.</summary>
    public static byte[] Mint(Address to, TokenId token, UInt256 amount) =>
        s_mintAmount.Encode(to, token, amount, Array.Empty<byte>());

    /// <summary><c>mintBatch(address,uint256[],uint256[],bytes)</c> of the same preset.</summary>
    public static byte[] MintBatch(Address to, IReadOnlyList<TokenAmount> items) =>
        s_mintBatch.Encode(to, Tokens(items), Amounts(items), Array.Empty<byte>());

    /// <summary>ERC-20 <c>transfer</c>.</summary>
    public static byte[] Transfer(Address to, UInt256 amount) => AbiPart.Call(TransferSelector, to, amount);

    /// <summary>ERC-721 <c>safeTransferFrom</c>, without data for the recipient.</summary>
    public static byte[] SafeTransferFrom(Address from, Address to, TokenId token) =>
        AbiPart.Call(SafeTransferFromSelector, from, to, token.Value);

    /// <summary>ERC-1155 <c>safeTransferFrom</c>, without data for the recipient.</summary>
    public static byte[] SafeTransferFrom(Address from, Address to, TokenAmount item) =>
        s_safeTransferAmount.Encode(from, to, item.TokenId, item.Amount, Array.Empty<byte>());

    /// <summary>ERC-1155 <c>safeBatchTransferFrom</c>, without data for the recipient.</summary>
    public static byte[] SafeBatchTransferFrom(Address from, Address to, IReadOnlyList<TokenAmount> items) =>
        s_safeBatchTransfer.Encode(from, to, Tokens(items), Amounts(items), Array.Empty<byte>());

    private static AbiValue.List Tokens(IReadOnlyList<TokenAmount> items) =>
        new([.. items.Select(static it => (AbiValue)it.TokenId)]);

    private static AbiValue.List Amounts(IReadOnlyList<TokenAmount> items) =>
        new([.. items.Select(static it => (AbiValue)it.Amount)]);

    /// <summary>Reads an answer of one address.</summary>
    public static bool TryReadAddress(ReadOnlySpan<byte> answer, out Address address) =>
        new AbiWords(answer).TryAddress(0, out address);

    /// <summary>Reads an answer of one truth.</summary>
    public static bool TryReadBool(ReadOnlySpan<byte> answer, out bool value) =>
        new AbiWords(answer).TryBool(0, out value);

    /// <summary>Reads an answer of one number.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> answer, out UInt256 number) =>
        new AbiWords(answer).TryNumber(0, out number);

    /// <summary>Reads the answer of <see cref="RoyaltyInfo"/>.</summary>
    public static bool TryReadRoyalty(ReadOnlySpan<byte> answer, out Royalty royalty)
    {
        var words = new AbiWords(answer);
        bool isRoyalty = words.TryAddress(0, out Address recipient) & words.TryNumber(1, out UInt256 amount);
        royalty = isRoyalty ? new Royalty(recipient, new Wei(amount)) : Royalty.None;
        return isRoyalty;
    }
}
