using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Domain.Failures;
using Souk.Platform.Postgres;

namespace Souk.Webhooks;

/// <summary>Keeps deliveries: those that come while others are being committed share the next commit.</summary>
/// <remarks>
/// A commit waits for the disk, however many rows it holds; so under load one statement keeps what a hundred requests
/// brought, and hints once at each chain they speak of. Nobody is told "kept" before the commit of their own rows. What
/// one request brought is kept whole or not at all; if a shared statement is refused, each is tried alone, so that
/// nobody's delivery fails with another's. Writing goes on only while requests wait for it.
/// </remarks>
internal sealed partial class DeliveryKeeper(Database database, Announcer announcer, ILogger<DeliveryKeeper> logger)
{
    /// <summary>Rows of one statement: what a service's concurrency can bring at once, twice.</summary>
    private const int RowsMax = 128;

    /// <summary>Payload bytes of one statement, so that its memory stays small; one request may bring more.</summary>
    private const int BytesMax = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = [];
    private bool _isWriting;

    /// <summary>Keeps what one request brought.</summary>
    /// <param name="deliveries">All of it or nothing is kept.</param>
    /// <param name="hint">Which chain it is a reason to look at; null for none.</param>
    /// <param name="cancellationToken">Ends the wait, not the write: it may be kept all the same.</param>
    /// <returns>How many had not been kept before; it is committed.</returns>
    /// <exception cref="FailureException"><c>invalid_request</c>: it holds what cannot be kept.</exception>
    internal Task<int> KeepAsync(
        IReadOnlyList<IncomingDelivery> deliveries, ChainHint? hint, CancellationToken cancellationToken)
    {
        Waiting waiting = new(deliveries, hint, Activity.Current?.Id);
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            if (_isWriting)
                return waiting.Kept.Task.WaitAsync(cancellationToken);
            _isWriting = true;
        }

        _ = WriteAllAsync();
        return waiting.Kept.Task.WaitAsync(cancellationToken);
    }

    private async Task WriteAllAsync()
    {
        while (Take() is { Count: > 0 } batch)
            await WriteAsync(batch);
    }

    private List<Waiting> Take()
    {
        lock (_gate)
        {
            List<Waiting> batch = [];
            int rows = 0;
            int bytes = 0;
            while (_waiting.TryPeek(out Waiting? next)
                && (batch.Count == 0 || (rows + next.Deliveries.Count <= RowsMax && bytes + next.Bytes <= BytesMax)))
            {
                batch.Add(_waiting.Dequeue());
                rows += next.Deliveries.Count;
                bytes += next.Bytes;
            }

            _isWriting = batch.Count > 0;
            return batch;
        }
    }

    /// <summary>Stores a batch; whatever comes of it, those who wait are told.</summary>
    private async Task WriteAsync(List<Waiting> batch)
    {
        Task storing = StoreAsync(batch);
        await storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (storing.IsCompletedSuccessfully)
            return;

        Exception failure = storing.Exception?.InnerException ?? new TaskCanceledException(storing);
        if (batch.Count > 1 && failure is PostgresException refused)
        {
            Log.TriedAlone(logger, batch.Count, refused.SqlState);
            foreach (Waiting waiting in batch)
                await WriteAsync([waiting]);
            return;
        }

        foreach (Waiting waiting in batch)
            waiting.Kept.TrySetException(PostgresFailures.IsValueRefused(failure) ? Refusal(failure) : failure);
    }

    private static FailureException Refusal(Exception cause) =>
        new(new Failure(FailureCode.InvalidRequest, "It holds a text or a number that cannot be kept."), cause);

    private async Task StoreAsync(List<Waiting> batch)
    {
        Dictionary<ChainId, Announcement> hints = Hints(batch);
        IncomingDelivery[] rows =
        [
            .. batch.SelectMany(waiting => waiting.Hint is { } hint
                ? waiting.Deliveries.Select(it => it with { Announcement = hints[hint.ChainId] })
                : waiting.Deliveries),
        ];
        KeptDeliveries kept = await database.WriteStatementAsync(
            transaction => DeliveryInbox.KeepAsync(transaction, rows, CancellationToken.None), CancellationToken.None);
        announcer.Send(kept.Announced);

        int at = 0;
        foreach (Waiting waiting in batch)
        {
            waiting.Kept.TrySetResult(kept.AreNew.Skip(at).Take(waiting.Deliveries.Count).Count(isNew => isNew));
            at += waiting.Deliveries.Count;
        }
    }

    /// <summary>One hint a chain, up to the highest block that anybody spoke of.</summary>
    private static Dictionary<ChainId, Announcement> Hints(List<Waiting> batch) => batch
        .Where(waiting => waiting.Hint is not null)
        .GroupBy(waiting => waiting.Hint!.ChainId)
        .ToDictionary(of => of.Key, of => new Announcement(
            EventType.ChainHinted,
            $"chain/{of.Key}",
            JsonSerializer.Serialize(
                new ChainHint(of.Key, of.Max(waiting => waiting.Hint!.BlockNumber)), WebhooksJson.Default.ChainHint),
            of.First().TraceParent));

    /// <summary>What one request brought, and its answer.</summary>
    private sealed record Waiting(IReadOnlyList<IncomingDelivery> Deliveries, ChainHint? Hint, string? TraceParent)
    {
        internal int Bytes { get; } = Deliveries.Sum(delivery => delivery.Payload.Length);

        // The writer goes on with the next batch while those who waited answer.
        internal TaskCompletionSource<int> Kept { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Kept {RequestCount} requests' deliveries one by one after {SqlState}.")]
        internal static partial void TriedAlone(ILogger logger, int requestCount, string sqlState);
    }
}
