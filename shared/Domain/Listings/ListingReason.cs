using System.Text.Json.Serialization;
using Souk.Domain.Wire;

namespace Souk.Domain.Listings;

/// <summary>Whether a fill needs Souk's authorization.</summary>
[JsonConverter(typeof(WireTextJsonConverter<Protection>))]
public enum Protection
{
    /// <summary>Restricted to Souk's zone: a hold is exclusive and a cancel final.</summary>
    Protected,

    /// <summary>Anyone who has the signature can fill it; only the chain cancels it.</summary>
    Open,
}

/// <summary>Why a listing is where it is. Every status but Active and Held has one.</summary>
[JsonConverter(typeof(WireTextJsonConverter<ListingReason>))]
public enum ListingReason
{
    /// <summary>Filled through a hold of ours.</summary>
    Sold,

    /// <summary>Filled by someone without a hold of ours.</summary>
    SoldOutside,

    /// <summary>The seller cancelled it here.</summary>
    SellerCancelled,

    /// <summary>The order was cancelled on chain.</summary>
    CancelledOnChain,

    /// <summary>The seller raised their counter, which ends all their orders.</summary>
    CounterRaised,

    /// <summary>The seller no longer owns the token, or not enough units of it.</summary>
    TokenMoved,

    /// <summary>The marketplace's operator may no longer move the token.</summary>
    ApprovalRevoked,

    /// <summary>The token left its seller and came back.</summary>
    TokenReturned,

    /// <summary>The order's end passed.</summary>
    Ended,
}
