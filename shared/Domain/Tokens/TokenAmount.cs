using Souk.Domain.Chain;

namespace Souk.Domain.Tokens;

/// <summary>So many of one token.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="Amount">How many.</param>
public readonly record struct TokenAmount(TokenId TokenId, UInt256 Amount);
