using Souk.Domain.Chain;

namespace Souk.Local.StandIns;

/// <summary>A network as Alchemy names it, and the node that stands for it here.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Slug">Its name in addresses, such as <c>eth-mainnet</c>.</param>
/// <param name="NotifyName">Its name in webhooks, such as <c>ETH_MAINNET</c>.</param>
/// <param name="CurrencySymbol">Its coin, such as <c>ETH</c>.</param>
/// <param name="NodeUrl">The node's JSON-RPC over HTTP.</param>
public sealed record AlchemyNetwork(
    ChainId ChainId, string Slug, string NotifyName, string CurrencySymbol, Uri NodeUrl);

/// <summary>What an <see cref="AlchemyStandIn"/> does other than Alchemy, so that tests need not wait.</summary>
public sealed record AlchemyStandInOptions
{
    /// <summary>How often a network with webhooks is looked at for new blocks.</summary>
    /// <value>The default is 100 milliseconds.</value>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a receiver may take to answer a delivery.</summary>
    /// <value>The default is Alchemy's own 5 seconds.</value>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The waits before a delivery is tried again; after the last it is given up.</summary>
    /// <value>The default is 0.2, 0.8 and 8 seconds: 1/75 of Alchemy's 15 seconds, 1 minute and 10 minutes.</value>
    public IReadOnlyList<TimeSpan> RetryDelays { get; init; } =
        [TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(8)];

    /// <summary>How long a delivery is held back that meets <see cref="AlchemyDeliveryFault.Delay"/>.</summary>
    /// <value>The default is 500 milliseconds.</value>
    public TimeSpan DeliveryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many failed attempts in a row pause a webhook. Alchemy does not tell its own number.</summary>
    /// <value>The default is 20.</value>
    public int FailuresBeforePause { get; init; } = 20;

    /// <summary>The longest range of blocks that eth_getLogs takes; null for any.</summary>
    /// <value>The default is 500: a free plan on most networks in 2025.</value>
    public int? LogBlocksMax { get; init; } = 500;

    /// <summary>The most logs that eth_getLogs answers.</summary>
    /// <value>The default is Alchemy's 10,000.</value>
    public int LogsMax { get; init; } = 10_000;

    /// <summary>The most calls that one batch may carry.</summary>
    /// <value>The default is Alchemy's 1,000.</value>
    public int BatchMax { get; init; } = 1_000;

    /// <summary>Whether logs carry their block's time, as those of newer nodes do.</summary>
    /// <value>The default is true.</value>
    public bool LogsTellTime { get; init; } = true;
}

/// <summary>What happens to the next delivery of a webhook's event.</summary>
public enum AlchemyDeliveryFault
{
    /// <summary>It is never sent.</summary>
    Lose,

    /// <summary>It is sent twice, with the same id and body.</summary>
    Duplicate,

    /// <summary>It is sent after the event that follows it.</summary>
    Swap,

    /// <summary>It is held back while others go on.</summary>
    Delay,
}

/// <summary>One attempt to deliver an event.</summary>
/// <param name="WebhookId">The webhook, <c>wh_...</c>.</param>
/// <param name="EventId">The event, <c>whevt_...</c>; the same at each attempt.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Status">The receiver's status; 0 when it did not answer in time or at all.</param>
/// <param name="Body">The bytes sent.</param>
/// <param name="Signature">The signature sent with them.</param>
public sealed record AlchemyDelivery(
    string WebhookId, string EventId, int Attempt, int Status, byte[] Body, string Signature);
