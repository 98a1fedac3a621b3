using Souk.Domain.Chain;
using Souk.Domain.Events;
using Souk.Domain.Signing;
using Souk.Platform.Alchemy;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>Announces once that a wallet runs dry: again only after it had enough in between.</summary>
internal sealed partial class WatchBalance(
    Database database, AlchemyClients nodes, Signers signers, ILogger<WatchBalance> logger)
{
    internal async Task HandleAsync(SignerSettings settings, CancellationToken cancellationToken)
    {
        if (settings.BalanceMin.IsZero)
            return;

        SignerRecord signer = await signers.GetAsync(settings, cancellationToken);
        Wei balance = await nodes.For(signer.ChainId)
            .GetBalanceAsync(signer.Address, BlockReference.Latest, cancellationToken);
        bool isLow = balance < settings.BalanceMin;
        if (isLow == signer.BalanceLowAt is not null)
            return;

        await database.WriteAsync(
            async transaction =>
            {
                if (!await SignerTable.SetBalanceLowAsync(transaction, signer.Id, isLow, cancellationToken) || !isLow)
                    return;

                Log.IsLow(logger, signer.Id, balance);
                await transaction.AnnounceAsync(
                    EventType.SignerBalanceLow,
                    $"signer/{signer.Id}",
                    new BalanceLow(
                        signer.Id, settings.Name, signer.ChainId, signer.Address, balance, settings.BalanceMin),
                    SigningJson.Default.BalanceLow,
                    cancellationToken);
            },
            cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Signer {SignerId} runs dry: it has {BalanceWei} wei.")]
        internal static partial void IsLow(ILogger logger, SignerId signerId, Wei balanceWei);
    }
}

/// <summary>Data of <c>souk.balance.low.v1</c>: a wallet cannot pay for gas much longer.</summary>
/// <param name="SignerId">The wallet.</param>
/// <param name="Name">What the settings call it.</param>
/// <param name="ChainId">Its chain.</param>
/// <param name="Address">Where to send coin.</param>
/// <param name="BalanceWei">What it has.</param>
/// <param name="BalanceWeiMin">What it should have.</param>
internal sealed record BalanceLow(
    SignerId SignerId, string Name, ChainId ChainId, Address Address, Wei BalanceWei, Wei BalanceWeiMin);
