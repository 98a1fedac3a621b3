using System.Text.Json.Serialization;
using Souk.Domain.Wire;

namespace Souk.Domain.Tokens;

/// <summary>Which standard a collection's contract speaks.</summary>
[JsonConverter(typeof(WireTextJsonConverter<TokenStandard>))]
public enum TokenStandard
{
    /// <summary>ERC-721: each token has one owner.</summary>
    Erc721,

    /// <summary>ERC-1155: many hold units of a token.</summary>
    Erc1155,
}

/// <summary>What happened to a token or its listing, as its history tells it. Append only.</summary>
[JsonConverter(typeof(WireTextJsonConverter<ActivityKind>))]
public enum ActivityKind
{
    /// <summary>It came into being: a transfer from the zero address.</summary>
    Mint,

    /// <summary>It changed hands outside a sale.</summary>
    Transfer,

    /// <summary>It went to the zero address.</summary>
    Burn,

    /// <summary>It was offered for sale.</summary>
    List,

    /// <summary>It was sold.</summary>
    Sale,

    /// <summary>Its listing was cancelled.</summary>
    Cancel,

    /// <summary>Its listing ended without a sale.</summary>
    Expire,

    /// <summary>Its listing cannot be filled for now.</summary>
    Deactivate,

    /// <summary>Its listing can be filled again.</summary>
    Reactivate,
}
