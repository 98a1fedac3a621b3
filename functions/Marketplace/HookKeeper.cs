using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Marketplace;

/// <summary>A webhook is not as it should be, and trying again at once would not mend it.</summary>
/// <param name="reason">Which kind of fault, for the counter.</param>
/// <param name="message">What an operator reads.</param>
internal sealed class HookFaultException(string reason, string message) : Exception(message)
{
    internal string Reason { get; } = reason;
}

/// <summary>Brings one webhook to what it should be: resumed if it is paused, its list as wished if it is ours.
/// </summary>
/// <remarks>
/// What it watches is read from Alchemy and compared; our own row only says when that may be left out. So a run that
/// was cut short anywhere, or whose answer was lost, is made good by the next one.
/// </remarks>
/// <param name="notify">Alchemy.</param>
/// <param name="database">Where what is known of it is kept.</param>
/// <param name="lease">The right to work on webhooks, confirmed before anything is changed.</param>
/// <param name="known">What is known of it.</param>
/// <param name="end">When to stop.</param>
internal sealed class HookKeeper(NotifyClient notify, Database database, Lease lease, Hook known, DateTimeOffset end)
{
    /// <summary>How long the silent holder of the lease is believed to live: longer than any one call.</summary>
    internal static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a webhook is left alone after it was resumed: one that Alchemy pauses again and again needs a person.
    /// </summary>
    internal static readonly TimeSpan ResumeWait = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long a list that seems right by its count is believed; then it is read again to its end.
    /// </summary>
    internal static readonly TimeSpan CompareWait = TimeSpan.FromHours(1);

    private Hook _known = known;

    /// <summary>Whether it was paused, and tells events again since a moment ago.</summary>
    internal bool IsResumed { get; private set; }

    /// <summary>Brings it to what it should be.</summary>
    /// <param name="found">The webhook as Alchemy lists it.</param>
    /// <param name="wish">What it is to watch; null when its list is not ours.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HookFaultException">It is not what it should be now.</exception>
    internal async Task KeepAsync(NotifyHook found, HookWish? wish, CancellationToken cancellationToken)
    {
        await StoreAsync((hook, _) => hook with { IsActive = found.IsActive }, cancellationToken);
        bool isPausedAgain = !found.IsActive && !await TryResumeAsync(found, cancellationToken);
        if (wish is not null)
            await MatchAsync(found, wish, cancellationToken);
        if (isPausedAgain)
            throw new HookFaultException("paused", "Alchemy paused it again after it was resumed: its receiver fails.");
        if (wish is { IsCut: true })
            throw new HookFaultException("full", "There is more to watch than one webhook can.");
        await StoreAsync((hook, now) => hook with { SyncedAt = now }, cancellationToken);
    }

    /// <summary>Writes down what went wrong.</summary>
    /// <param name="failure">What an operator reads.</param>
    /// <param name="isGone">Whether Alchemy lists it no longer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal Task FailAsync(string failure, bool isGone, CancellationToken cancellationToken) => StoreAsync(
        (hook, now) => hook with
        {
            IsActive = isGone ? null : hook.IsActive, Failure = failure, FailedAt = now,
        },
        cancellationToken);

    private async Task<bool> TryResumeAsync(NotifyHook found, CancellationToken cancellationToken)
    {
        if (_known.ResumedAt is { } last && database.Now < last + ResumeWait)
            return false;

        // The intention first: after a crash or a lost answer the next run waits as well.
        await StoreAsync(
            (hook, now) => hook with { Resumes = hook.Resumes + 1, ResumedAt = now }, cancellationToken);
        await notify.ResumeAsync(found, cancellationToken);
        IsResumed = true;
        await StoreAsync((hook, _) => hook with { IsActive = true }, cancellationToken);
        return true;
    }

    private async Task MatchAsync(NotifyHook found, HookWish wish, CancellationToken cancellationToken)
    {
        DateTimeOffset now = database.Now;
        WatchedPage first = await notify.ReadWatchedAsync(found, after: null, cancellationToken);
        bool isBelieved = _known.WantedDigest.AsSpan().SequenceEqual(wish.Digest)
            && first.TotalCount == wish.Items.Count
            && now < _known.ComparedAt + CompareWait;
        if (isBelieved)
            return;

        HashSet<Watched> watched = await ReadAllAsync(found, first, cancellationToken);
        HashSet<Watched> wanted = [.. wish.Items];
        await StoreAsync(
            (hook, _) => hook with { WantedCount = wanted.Count, WatchedCount = watched.Count, WantedDigest = null },
            cancellationToken);
        // Additions first; and a webhook without a filter is told of every collection there is, so the last one stays.
        bool mayBeEmpty = found.Type != NotifyHook.NftActivity;
        Watched[] surplus = wanted.Count > 0 || mayBeEmpty ? [.. watched.Except(wanted)] : [];
        foreach (Watched[] added in wanted.Except(watched).Chunk(NotifyClient.ChangesMax))
            await ChangeAsync(found, added, [], cancellationToken);
        foreach (Watched[] removed in surplus.Chunk(NotifyClient.ChangesMax))
            await ChangeAsync(found, [], removed, cancellationToken);
        await StoreAsync(
            (hook, _) => hook with { WantedDigest = wish.Digest, ComparedAt = now }, cancellationToken);
    }

    private async Task ChangeAsync(
        NotifyHook found, Watched[] added, Watched[] removed, CancellationToken cancellationToken)
    {
        RequireTime();
        await notify.ChangeWatchedAsync(found, added, removed, cancellationToken);
        await StoreAsync(
            (hook, _) => hook with { WatchedCount = hook.WatchedCount + added.Length - removed.Length },
            cancellationToken);
    }

    private async Task<HashSet<Watched>> ReadAllAsync(
        NotifyHook found, WatchedPage first, CancellationToken cancellationToken)
    {
        HashSet<Watched> all = [.. first.Items];
        WatchedPage page = first;
        while (page.After is { } after)
        {
            RequireTime();
            page = await notify.ReadWatchedAsync(found, after, cancellationToken);
            all.UnionWith(page.Items);
            if (page.After == after)
                throw new HookFaultException("endless", "Alchemy's list of what it watches has no end.");
        }

        return all;
    }

    private void RequireTime()
    {
        if (database.Now >= end)
        {
            throw new HookFaultException(
                "late", "One run has no time for its whole list: the next goes on. If none ends, add one to share.");
        }
    }

    private Task StoreAsync(Func<Hook, DateTimeOffset, Hook> change, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                if (!await lease.TryKeepAsync(transaction, LeaseDuration, cancellationToken))
                    throw new LeadershipLostException();
                _known = change(_known, transaction.Now);
                await HookTable.StoreAsync(transaction, _known, cancellationToken);
            },
            cancellationToken);
}
