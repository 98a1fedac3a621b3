using Souk.Domain.Chain;

namespace Souk.Local.Outside;

/// <summary>A chain of the local platform: what a public chain is called and does, run by a node of our own.</summary>
/// <param name="Id">Its chain id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="CurrencySymbol">Its coin.</param>
/// <param name="AlchemyNetwork">Alchemy's name of it in addresses.</param>
/// <param name="NotifyNetwork">Alchemy's name of it in webhooks.</param>
/// <param name="Confirmations">After how many blocks, its own included, a block is final here.</param>
public sealed record LocalChain(
    ChainId Id,
    string Name,
    string CurrencySymbol,
    string AlchemyNetwork,
    string NotifyNetwork,
    int Confirmations)
{
    /// <summary>Ethereum's stand-in.</summary>
    public static LocalChain Ethereum { get; } =
        new(ChainId.Parse("1"), "ethereum", "ETH", "eth-mainnet", "ETH_MAINNET", 3);

    /// <summary>Polygon's stand-in.</summary>
    public static LocalChain Polygon { get; } =
        new(ChainId.Parse("137"), "polygon", "POL", "polygon-mainnet", "MATIC_MAINNET", 5);

    /// <summary>Every chain that can be chosen.</summary>
    public static IReadOnlyList<LocalChain> All { get; } = [Ethereum, Polygon];
}
