using Souk.Domain.Chain;
using Souk.Domain.Orders;
using Souk.Domain.Tokens;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>Whose logs are asked of a chain, and which.</summary>
internal static class FollowedContracts
{
    /// <summary>topic0 of every log that means something here; a contract's other logs are not asked for.</summary>
    internal static Bytes32[] Topics { get; } =
        [.. SeaportEvents.Topics, .. TokenEvents.Topics.Union(CurrencyEvents.Topics)];

    /// <summary>Seaport, the currencies that the settings name, and the collections whose past has been read.</summary>
    internal static Address[] AddressesOf(ChainSettings chain, IEnumerable<Collection> collections) =>
    [
        chain.Seaport, .. chain.Currencies, .. collections.Where(row => row.IsLive).Select(row => row.Contract),
    ];
}
