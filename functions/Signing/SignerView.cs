using Souk.Domain.Chain;
using Souk.Domain.Signing;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>A wallet of the platform as operators see it.</summary>
internal sealed record SignerView(
    SignerId Id,
    string? Name,
    ChainId ChainId,
    Address Address,
    long NextNonce,
    DateTimeOffset? BalanceLowAt,
    DateTimeOffset? PausedAt,
    string? PauseReason)
{
    internal static SignerView Of(SignerRecord it) => new(
        it.Id, it.Name, it.ChainId, it.Address, it.NextNonce, it.BalanceLowAt, it.PausedAt, it.PauseReason);
}
