using Souk.Domain.Chain;
using Souk.Local.Demo;

namespace Souk.Simulation.Crashes;

/// <summary>Marketplace takes a hint and reads a sale, a mint and a movement from the chain.</summary>
public sealed class FollowHint(CrashPlatform platform) : CrashScenario
{
    private Sale? _sale;

    /// <inheritdoc/>
    public override string Name => "following a hint";

    /// <inheritdoc/>
    public override string Function => "marketplace";

    /// <inheritdoc/>
    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _sale = await platform.HoldAsync(cancellationToken);
        await platform.Twin.BecomeEqualAsync(cancellationToken);
        TokenId other = await platform.MintAsync(cancellationToken);
        await platform.MoveAsync(other, cancellationToken);
        await _sale.DoAsync("send", cancellationToken);
        await platform.Chain.Node.MineAsync(1, cancellationToken);
        await platform.Twin.FollowAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task ActAsync(CancellationToken cancellationToken)
    {
        await platform.DeliverAsync(cancellationToken);
        await platform.Spine.RestAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task RequireAsync(CancellationToken cancellationToken)
    {
        await _sale!.RequireBooksAsync(cancellationToken);
        await platform.Twin.RequireEqualAsync("What was read", cancellationToken);
    }
}
