namespace Souk.Domain.Orders;

/// <summary>What an item of a Seaport order is; the numbers are the contract's.</summary>
/// <remarks>Source: github.com/ProjectOpenSea/seaport-types 1.6, ConsiderationEnums.sol.</remarks>
public enum ItemType
{
    /// <summary>The chain's own currency; token and identifier are zero.</summary>
    Native = 0,

    /// <summary>An ERC-20 currency; the identifier is zero.</summary>
    Erc20 = 1,

    /// <summary>One ERC-721 token.</summary>
    Erc721 = 2,

    /// <summary>Units of one ERC-1155 token.</summary>
    Erc1155 = 3,

    /// <summary>Any ERC-721 token of the contract that the Merkle root proves; root 0 is any at all.</summary>
    Erc721WithCriteria = 4,

    /// <summary>Any ERC-1155 token of the contract that the Merkle root proves; root 0 is any at all.</summary>
    Erc1155WithCriteria = 5,
}

/// <summary>Who may fill a Seaport order, and in parts or not; the numbers are the contract's.</summary>
/// <remarks>Source: github.com/ProjectOpenSea/seaport-types 1.6, ConsiderationEnums.sol.</remarks>
public enum OrderType
{
    /// <summary>Anyone, whole.</summary>
    FullOpen = 0,

    /// <summary>Anyone, in parts.</summary>
    PartialOpen = 1,

    /// <summary>Whom the zone lets, whole: Souk's protected listings.</summary>
    FullRestricted = 2,

    /// <summary>Whom the zone lets, in parts.</summary>
    PartialRestricted = 3,

    /// <summary>A contract makes the order when asked; not signed, not taken here.</summary>
    Contract = 4,
}
