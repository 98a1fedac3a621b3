using Souk.Domain.Chain;

namespace Souk.Domain.Events;

/// <summary>Data of <c>souk.wallet.changed.v1</c>: a wallet was linked to somebody, or taken off them.</summary>
/// <param name="Address">The wallet.</param>
/// <param name="IsLinked">Whether it is somebody's now; whose, the event does not say.</param>
public sealed record WalletChanged(Address Address, bool IsLinked);
