using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Platform.Postgres;

namespace Souk.Auth;

/// <summary>Tells the other rooms that a wallet is somebody's now, or nobody's.</summary>
internal static class WalletAnnouncement
{
    /// <summary>Announces it; the wallet's row was written before, so that later changes draw later numbers.</summary>
    internal static Task AddAsync(
        Transaction transaction, Address wallet, bool isLinked, CancellationToken cancellationToken) =>
        transaction.AnnounceAsync(
            EventType.WalletChanged,
            $"wallet/{wallet}",
            new WalletChanged(wallet, isLinked),
            AuthJson.Default.WalletChanged,
            cancellationToken);
}
