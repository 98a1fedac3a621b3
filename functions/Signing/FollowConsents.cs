using Souk.Domain.Consents;
using Souk.Domain.Events;
using Souk.Platform.Alchemy;
using Souk.Platform.MetaKeep;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Asks MetaKeep what became of what people consented to, and ends what nobody answered.</summary>
/// <remarks>
/// MetaKeep has no webhooks, so the schedule polls. Two runs at once ask twice and move once: a move names where it
/// comes from. MetaKeep's word that a call is done counts once the chain shows its receipt.
/// </remarks>
internal sealed partial class FollowConsents(
    Database database,
    AlchemyClients nodes,
    MetaKeepClient metaKeep,
    ConsentWindow window,
    ILogger<FollowConsents> logger)
{
    /// <summary>How many one run looks at: a call or two each, within a tick.</summary>
    private const int ConsentsMax = 100;

    /// <summary>How long MetaKeep may not know a transaction that its own window named.</summary>
    private static readonly TimeSpan UnknownMax = TimeSpan.FromHours(1);

    internal async Task HandleAsync(CancellationToken cancellationToken)
    {
        List<Consent> open = await database.ReadAsync(
            transaction => ConsentTable.ListOpenAsync(transaction, ConsentsMax, cancellationToken), cancellationToken);
        foreach (Consent consent in open)
        {
            Consent next = consent.Lapse(database.Now);
            if (consent.Status == ConsentStatus.Submitted)
                next = await AskAsync(consent, cancellationToken);
            await database.WriteAsync(t => MoveAsync(t, consent, next, cancellationToken), cancellationToken);
            if (next != consent)
                Log.Ended(logger, next.Id, next.Status);
        }
    }

    /// <summary>Ends one, and announces how.</summary>
    internal static async Task EndAsync(
        Transaction transaction, Consent from, Consent ended, CancellationToken cancellationToken)
    {
        await ConsentTable.MoveAsync(transaction, from, ended, cancellationToken);
        await transaction.AnnounceAsync(
            EventType.ConsentEnded,
            $"consent/{ended.Id}",
            new ConsentEnded(ended.Id, ended.ChainId, ended.Status, ended.Hash, ended.Reason),
            SigningJson.Default.ConsentEnded,
            cancellationToken);
    }

    private static async Task MoveAsync(
        Transaction transaction, Consent seen, Consent next, CancellationToken cancellationToken)
    {
        Consent now = await ConsentTable.LockAsync(transaction, seen.Id, cancellationToken);
        if (now.Status != seen.Status)
            return;
        if (next == seen)
            await ConsentTable.TouchAsync(transaction, seen.Id, cancellationToken);
        else
            await EndAsync(transaction, seen, next, cancellationToken);
    }

    private async Task<Consent> AskAsync(Consent submitted, CancellationToken cancellationToken)
    {
        MetaKeepCredential app = await window.GetAppAsync(submitted.ChainId, cancellationToken);
        try
        {
            ConsentedTransaction told = await metaKeep.GetTransactionStatusAsync(
                app, submitted.TransactionId!.Value, cancellationToken);
            return told.Status switch
            {
                ConsentedStatus.Completed when told.Hash is { } hash =>
                    await nodes.For(submitted.ChainId).GetReceiptAsync(hash, cancellationToken) switch
                    {
                        null => submitted,
                        { Succeeded: true } => submitted.Complete(hash),
                        _ => submitted.Fail("execution_reverted", hash),
                    },
                ConsentedStatus.Failed => submitted.Fail("execution_reverted", told.Hash),
                ConsentedStatus.Cancelled => submitted.Fail("cancelled", told.Hash),
                _ => submitted,
            };
        }
        catch (MetaKeepRefusedException)
        {
            // How an unknown id is refused is not documented: any definite no, for long enough, is taken for it.
            return database.Now >= submitted.AskedAt + UnknownMax
                ? submitted.Fail("transaction_unknown", hash: null)
                : submitted;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Consent {ConsentId} is {Status}.")]
        internal static partial void Ended(ILogger logger, ConsentId consentId, ConsentStatus status);
    }
}
