using Souk.Domain.Orders;
using Souk.Platform.Alchemy;

namespace Souk.Marketplace;

/// <summary>The fee schedule in force on a chain: the first version is the settings'.</summary>
internal static class PlatformFee
{
    private const int SettingsVersion = 1;

    internal static FeeSchedule Of(ChainSettings chain) =>
        new(SettingsVersion, chain.PlatformFeeBps, chain.PlatformFeeRecipient);
}
