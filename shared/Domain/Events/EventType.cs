using Souk.Domain.Failures;

namespace Souk.Domain.Events;

/// <summary>A kind of CloudEvent: its type attribute, and the functions that must have taken each one.</summary>
/// <remarks>The Triggers in knative/base/eventing say the same to the cluster; a test compares the two.</remarks>
/// <param name="Name">The CloudEvents <c>type</c>, versioned.</param>
/// <param name="Consumers">The functions whose inbox rows make an event done.</param>
public sealed record EventType(string Name, IReadOnlyList<string> Consumers)
{
    /// <summary>A provider said that something happened on a chain; what, only the chain tells.</summary>
    public static EventType ChainHinted { get; } = new("souk.chain.hinted.v1", ["marketplace", "signing"]);

    /// <summary>A transaction of the platform's waits for its nonce.</summary>
    public static EventType TransactionQueued { get; } = new("souk.transaction.queued.v1", ["signing"]);

    /// <summary>A transaction of the platform's is final.</summary>
    public static EventType TransactionFinal { get; } = new("souk.transaction.final.v1", []);

    /// <summary>A transaction of the platform's was mined and reverted, or will never be mined.</summary>
    public static EventType TransactionFailed { get; } = new("souk.transaction.failed.v1", []);

    /// <summary>A wallet of the platform cannot pay for gas much longer.</summary>
    public static EventType SignerBalanceLow { get; } = new("souk.balance.low.v1", []);

    /// <summary>A call that a person was asked to consent to is done, or came to nothing.</summary>
    public static EventType ConsentEnded { get; } = new("souk.consent.ended.v1", []);

    /// <summary>A listing is for sale.</summary>
    public static EventType ListingActivated { get; } = new("souk.listing.activated.v1", []);

    /// <summary>A listing ended without a sale.</summary>
    public static EventType ListingEnded { get; } = new("souk.listing.ended.v1", []);

    /// <summary>A purchase was settled on chain.</summary>
    public static EventType PurchaseSettled { get; } = new("souk.purchase.settled.v1", []);

    /// <summary>A purchase came to nothing.</summary>
    public static EventType PurchaseEnded { get; } = new("souk.purchase.ended.v1", []);

    /// <summary>A token contract is served from now on.</summary>
    public static EventType CollectionRegistered { get; } = new("souk.collection.registered.v1", ["marketplace"]);

    /// <summary>A wallet was linked to somebody, or taken off them; its consumers take them in order.</summary>
    public static EventType WalletChanged { get; } = new("souk.wallet.changed.v1", ["marketplace"]);

    /// <summary>
    /// What was last told of a listing was undone with its block, which left the chain: it stands as this tells.
    /// </summary>
    public static EventType ListingReorged { get; } = new("souk.listing.reorged.v1", []);

    /// <summary>
    /// What was last told of a purchase was undone with its block, which left the chain: it stands as this tells.
    /// </summary>
    public static EventType PurchaseReorged { get; } = new("souk.purchase.reorged.v1", []);

    /// <summary>A partner's own kind, told on under our name; nobody here need take it.</summary>
    /// <param name="type">The partner's type, in lower-case words parted by dots.</param>
    /// <returns>The kind; refused with <c>invalid_request</c> when it is no such type.</returns>
    public static Decision<EventType> Partner(string type) => PartnerEvent.IsType(type)
        ? new EventType($"souk.partner.{type}", [])
        : new Failure(
            FailureCode.InvalidRequest,
            $"An event's type is up to {PartnerEvent.TypeLengthMax} lower-case letters, digits, - and _, in words "
            + "parted by dots.");

    /// <summary>All kinds that Souk itself announces.</summary>
    public static IReadOnlyList<EventType> All { get; } =
    [
        ChainHinted, TransactionQueued, TransactionFinal, TransactionFailed, SignerBalanceLow,
        ListingActivated, ListingEnded, PurchaseSettled, PurchaseEnded, ListingReorged, PurchaseReorged,
        CollectionRegistered, WalletChanged, ConsentEnded,
    ];
}
