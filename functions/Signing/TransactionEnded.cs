using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Domain.Signing;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Data of <c>souk.transaction.final.v1</c> and <c>souk.transaction.failed.v1</c>: how one ended.</summary>
/// <remarks>
/// One of the two for each transaction that was asked for, in the unit of work of its last move: a status that is an
/// end is moved to once, however often its fee was raised before. What is on its way is not announced: it may turn
/// back. Nobody asked for fillers, so nobody is told of them.
/// </remarks>
/// <param name="TransactionId">The transaction.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="Status">Where it ended.</param>
/// <param name="TransactionHash">The chain's name for it; null when it never had one.</param>
/// <param name="Reason">Why it ended badly; null when it did not.</param>
internal sealed record TransactionEnded(
    TransactionId TransactionId,
    ChainId ChainId,
    TransactionStatus Status,
    TransactionHash? TransactionHash,
    string? Reason)
{
    /// <summary>Announces the end of a transaction.</summary>
    internal static Task AnnounceAsync(
        Transaction transaction, TransactionRecord ended, CancellationToken cancellationToken) =>
        ended.IsFiller
            ? Task.CompletedTask
            : transaction.AnnounceAsync(
                ended.Status == TransactionStatus.Final ? EventType.TransactionFinal : EventType.TransactionFailed,
                $"transaction/{ended.Id}",
                new TransactionEnded(ended.Id, ended.ChainId, ended.Status, ended.Hash, ended.Reason),
                SigningJson.Default.TransactionEnded,
                cancellationToken);
}

/// <summary>Data of <c>souk.transaction.queued.v1</c>: a wallet of the platform has something to send.</summary>
/// <param name="TransactionId">The transaction.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="Signer">The wallet.</param>
internal sealed record TransactionQueued(TransactionId TransactionId, ChainId ChainId, SignerId Signer)
{
    /// <summary>Announces that a transaction's wallet has something to send.</summary>
    internal static Task AnnounceAsync(
        Transaction transaction, TransactionRecord queued, CancellationToken cancellationToken) =>
        transaction.AnnounceAsync(
            EventType.TransactionQueued,
            $"transaction/{queued.Id}",
            new TransactionQueued(queued.Id, queued.ChainId, queued.SignerId),
            SigningJson.Default.TransactionQueued,
            cancellationToken);
}
