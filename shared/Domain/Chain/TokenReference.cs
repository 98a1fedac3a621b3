namespace Souk.Domain.Chain;

/// <summary>One token of one contract on one chain: what a listing is about.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Contract">The ERC-721 or ERC-1155 contract.</param>
/// <param name="TokenId">The token's number in it.</param>
public sealed record TokenReference(ChainId ChainId, Address Contract, TokenId TokenId);
