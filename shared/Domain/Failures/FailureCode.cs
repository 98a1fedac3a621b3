namespace Souk.Domain.Failures;

/// <summary>
/// Every way in which Souk refuses a caller: one closed list, append only, part of the API's contract.
/// </summary>
/// <remarks>The wire name, HTTP status and title of each stand in <c>Platform/Http/FailureStatus.cs</c>.</remarks>
public enum FailureCode
{
    /// <summary>The request's shape or a field's value is wrong; the detail names the field.</summary>
    InvalidRequest,

    /// <summary>No access token, or one that is malformed, foreign or expired.</summary>
    Unauthenticated,

    /// <summary>The session behind a token, or a sign-in credential, was revoked.</summary>
    SessionRevoked,

    /// <summary>The caller is known but holds no scope or role for this.</summary>
    Forbidden,

    /// <summary>There is no such thing, or the caller may not know of it.</summary>
    NotFound,

    /// <summary>The thing changed meanwhile, or its state forbids this.</summary>
    Conflict,

    /// <summary>The same idempotency key came with another request.</summary>
    IdempotencyKeyReused,

    /// <summary>The first request with this idempotency key still runs.</summary>
    IdempotencyInProgress,

    /// <summary>Too many requests of this kind from this caller.</summary>
    RateLimited,

    /// <summary>The body is larger than this endpoint takes.</summary>
    PayloadTooLarge,

    /// <summary>The body's media type is not one this endpoint takes.</summary>
    UnsupportedMediaType,

    /// <summary>A dependency did not answer as it should; trying again later may work.</summary>
    UpstreamUnavailable,

    /// <summary>A defect of ours; nothing about it is said to the caller.</summary>
    Internal,

    /// <summary>The sign-in token is not a valid, current Firebase ID token of this project.</summary>
    SignInRefused,

    /// <summary>The wallet challenge is unknown, used, expired, or bound to something else.</summary>
    ChallengeInvalid,

    /// <summary>A signature does not recover to the account that was asked.</summary>
    SignatureInvalid,

    /// <summary>The wallet is linked to another user, or not linked to the caller.</summary>
    WalletNotLinked,

    /// <summary>The wallet is already linked to a user.</summary>
    WalletAlreadyLinked,

    /// <summary>The chain is not one of this installation's.</summary>
    ChainUnknown,

    /// <summary>The collection is not registered here.</summary>
    CollectionUnknown,

    /// <summary>The order differs from the payload that was prepared for signing.</summary>
    OrderMismatch,

    /// <summary>The order's price, fees or royalties do not add up as the schedule says.</summary>
    PriceMismatch,

    /// <summary>The order's end lies in the past, or too near, or too far.</summary>
    OrderExpired,

    /// <summary>The seller does not own the token.</summary>
    NotTokenOwner,

    /// <summary>The marketplace's operator is not approved to move the token.</summary>
    NotApproved,

    /// <summary>The order's counter is no longer its offerer's counter on chain.</summary>
    CounterStale,

    /// <summary>The order is already known.</summary>
    OrderExists,

    /// <summary>The listing is not for sale now.</summary>
    ListingNotActive,

    /// <summary>Another buyer holds the listing.</summary>
    ListingHeld,

    /// <summary>A seller may not buy their own listing.</summary>
    OwnListing,

    /// <summary>The hold has lapsed.</summary>
    HoldLapsed,

    /// <summary>No policy allows this transaction.</summary>
    PolicyDenied,

    /// <summary>The signer is unknown or paused.</summary>
    SignerUnavailable,

    /// <summary>The transaction would revert; the detail says why.</summary>
    SimulationFailed,

    /// <summary>The fee ceiling is below what the chain asks now.</summary>
    FeeCeilingExceeded,

    /// <summary>A second person must approve; the proposer may not.</summary>
    SecondPersonRequired,

    /// <summary>A webhook's signature does not match its body under any active key.</summary>
    WebhookSignatureInvalid,

    /// <summary>An event can never be handled; it belongs to the dead letters.</summary>
    EventPoison,

    /// <summary>The request's body did not arrive in time.</summary>
    RequestTimeout,
}
