using Souk.Domain.Chain;
using Souk.Local.Demo;

namespace Souk.Simulation.Crashes;

/// <summary>Marketplace undoes a sale and a movement whose blocks left the chain.</summary>
public sealed class UnwindBlocks(CrashPlatform platform) : CrashScenario
{
    private const int Depth = 4;

    /// <inheritdoc/>
    public override string Name => "unwinding blocks";

    /// <inheritdoc/>
    public override string Function => "marketplace";

    /// <inheritdoc/>
    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        Sale sale = await platform.HoldAsync(cancellationToken);
        await platform.Twin.BecomeEqualAsync(cancellationToken);
        TokenId other = await platform.MintAsync(cancellationToken);
        await platform.MoveAsync(other, cancellationToken);
        await sale.DoAsync("send", cancellationToken);
        await platform.Chain.Node.MineAsync(1, cancellationToken);
        await platform.DeliverAsync(cancellationToken);
        await platform.Spine.RestAsync(cancellationToken);
        await platform.Twin.FollowAsync(cancellationToken);

        await platform.Chain.Node.ReorgAsync(Depth, cancellationToken);
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
    public override Task RequireAsync(CancellationToken cancellationToken) =>
        platform.Twin.RequireEqualAsync("What is left", cancellationToken);
}
