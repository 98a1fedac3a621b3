using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;
using Souk.Platform.Telemetry;

namespace Souk.Marketplace;

/// <summary>Brings every webhook of the settings to what it should be, alone.</summary>
/// <remarks>
/// One run at a time holds the lease <c>hooks</c>. Giving it back locks its row and looks once more at what is wished:
/// whoever registered a collection before is served by this run, and whoever comes after takes the lease. A webhook
/// that Alchemy lists no longer is told and never made anew, because Webhooks would not know its signing key.
/// </remarks>
internal sealed partial class HookSync(
    NotifyClient notify, ChainRegistry chains, ChainFollower follower, Database database, ILogger<HookSync> logger)
{
    private const string Gone = "gone";

    /// <summary>How long one run begins new calls: with the longest last one it stays below a request's 25 s.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(12);

    private readonly (ChainSettings Chain, HookSettings Hook)[] _hooks =
        [.. chains.All.SelectMany(chain => chain.Hooks.Select(hook => (chain, hook)))];

    /// <summary>Works on all webhooks, unless another run does; where one was resumed, the chain is followed.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: some of it is to be tried again.</exception>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_hooks.Length == 0)
            return;
        Lease? lease = await database.WriteAsync(
            transaction => Lease.TryTakeAsync(transaction, "hooks", HookKeeper.LeaseDuration, cancellationToken),
            cancellationToken);
        if (lease is null)
            return;

        HashSet<ChainId> resumed = [];
        try
        {
            await LeadAsync(lease, resumed, cancellationToken);
        }
        catch (LeadershipLostException)
        {
            Log.LeadershipLost(logger);
        }
        catch
        {
            // Others need not wait for the lease to lapse.
            await database.WriteAsync(
                transaction => lease.ReleaseAsync(transaction, CancellationToken.None), CancellationToken.None);
            throw;
        }
        finally
        {
            // What happened while nobody told of it is on the chain.
            foreach (ChainId chain in resumed)
                await follower.FollowAsync(chain, isScheduled: true, cancellationToken);
        }
    }

    private async Task LeadAsync(Lease lease, HashSet<ChainId> resumed, CancellationToken cancellationToken)
    {
        DateTimeOffset end = database.Now + RunMax;
        HookWishes wishes;
        do
        {
            (wishes, Dictionary<string, Hook> known) = await database.ReadAsync(
                async transaction => (
                    await HookWishes.ReadAsync(transaction, chains, cancellationToken),
                    await HookTable.ListAsync(transaction, cancellationToken)),
                cancellationToken);
            // Each webhook awaits the one list: if it fails, the failure is every webhook's.
            Task<IReadOnlyList<NotifyHook>> list = notify.ListAsync(cancellationToken);
            FailureException? failed = null;
            foreach ((ChainSettings chain, HookSettings hook) in _hooks)
            {
                Hook row = known.GetValueOrDefault(hook.Name, new Hook(hook.Name));
                HookKeeper keeper = new(notify, database, lease, row, end);
                failed = await KeepAsync(keeper, list, chain, hook, wishes, cancellationToken) ?? failed;
                if (keeper.IsResumed)
                    resumed.Add(chain.Id);
            }

            if (failed is not null)
                throw failed;
        }
        while (!await TryFinishAsync(lease, wishes, end, cancellationToken));
    }

    /// <summary>Keeps one webhook, and the fault of one from the others.</summary>
    /// <returns>What is to be tried again soon; null when there is nothing, or trying again would not help.</returns>
    private async Task<FailureException?> KeepAsync(
        HookKeeper keeper,
        Task<IReadOnlyList<NotifyHook>> list,
        ChainSettings chain,
        HookSettings hook,
        HookWishes wishes,
        CancellationToken cancellationToken)
    {
        try
        {
            await keeper.KeepAsync(Find(await list, chain, hook), wishes.For(hook), cancellationToken);
            return null;
        }
        catch (HookFaultException fault)
        {
            Alarm(hook, fault.Reason, fault.Message);
            await keeper.FailAsync(fault.Message, isGone: fault.Reason == Gone, cancellationToken);
            return null;
        }
        catch (NotifyRefusedException refused)
        {
            Alarm(hook, "refused", refused.Message);
            await keeper.FailAsync(refused.Message, isGone: false, cancellationToken);
            return null;
        }
        catch (FailureException failed) when (failed.Failure.Code == FailureCode.UpstreamUnavailable)
        {
            string why = failed.Failure.Internal ?? failed.Failure.Detail;
            Log.Unavailable(logger, hook.Name, why);
            await keeper.FailAsync(why, isGone: false, cancellationToken);
            return failed;
        }
    }

    private static NotifyHook Find(IReadOnlyList<NotifyHook> all, ChainSettings chain, HookSettings hook)
    {
        NotifyHook found = all.FirstOrDefault(IsMeant)
            ?? throw new HookFaultException(
                Gone, "Alchemy lists no such webhook: create one, and tell the settings its id and Vault its key.");
        string type = hook.Purpose switch
        {
            HookPurpose.Collections => NotifyHook.NftActivity,
            HookPurpose.Orders => NotifyHook.Custom,
            _ => NotifyHook.AddressActivity,
        };
        return found.Type == type && chain.IsNotifyNetwork(found.Network)
            ? found
            : throw new HookFaultException(
                "misfit", $"The webhook is {found.Type} of {found.Network}, not {type} of {chain.NotifyNetwork}.");

        bool IsMeant(NotifyHook listed) => hook.WebhookId is { } id
            ? listed.Id == id
            : listed.Url?.AbsolutePath.EndsWith($"/v1/alchemy/{hook.Name}", StringComparison.Ordinal) == true;
    }

    private async Task<bool> TryFinishAsync(
        Lease lease, HookWishes done, DateTimeOffset end, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            async transaction =>
            {
                if (!await lease.TryKeepAsync(transaction, HookKeeper.LeaseDuration, cancellationToken))
                    throw new LeadershipLostException();
                HookWishes wishes = await HookWishes.ReadAsync(transaction, chains, cancellationToken);
                if (!wishes.IsSame(done) && transaction.Now < end)
                    return false;
                await lease.ReleaseAsync(transaction, cancellationToken);
                return true;
            },
            cancellationToken);

    private void Alarm(HookSettings hook, string reason, string message)
    {
        SoukMeter.HookAlarms.Add(1, new("hook", hook.Name), new("reason", reason));
        Log.Faulty(logger, hook.Name, message);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Webhook {Hook} is not as it should be. {Reason}")]
        internal static partial void Faulty(ILogger logger, string hook, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Webhook {Hook} could not be kept now: {Reason}")]
        internal static partial void Unavailable(ILogger logger, string hook, string reason);

        [LoggerMessage(3, LogLevel.Information, "Another run keeps the webhooks.")]
        internal static partial void LeadershipLost(ILogger logger);
    }
}
