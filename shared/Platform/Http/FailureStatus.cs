using System.Collections.Frozen;
using Souk.Domain.Failures;

namespace Souk.Platform.Http;

/// <summary>How one failure code looks on the wire.</summary>
/// <param name="Code">The failure.</param>
/// <param name="Name">Its wire name; append only.</param>
/// <param name="Status">The HTTP status (RFC 9110).</param>
/// <param name="IsRetryable">Whether the same request may succeed later, unchanged.</param>
/// <param name="Title">A sentence that does not vary with the occurrence (RFC 9457 section 3.1.4).</param>
public sealed record FailureStatus(FailureCode Code, string Name, int Status, bool IsRetryable, string Title)
{
    /// <summary>The whole table, in the order of the codes; the README prints it and a test compares.</summary>
    public static IReadOnlyList<FailureStatus> All { get; } =
    [
        new(FailureCode.InvalidRequest, "invalid_request", 400, false, "The request is malformed."),
        new(FailureCode.Unauthenticated, "unauthenticated", 401, false, "A valid access token is required."),
        new(FailureCode.SessionRevoked, "session_revoked", 401, false, "The session was revoked."),
        new(FailureCode.Forbidden, "forbidden", 403, false, "The caller may not do this."),
        new(FailureCode.NotFound, "not_found", 404, false, "There is no such thing."),
        new(FailureCode.Conflict, "conflict", 409, false, "The current state forbids this."),
        new(FailureCode.IdempotencyKeyReused, "idempotency_key_reused", 422, false,
            "The idempotency key belongs to another request."),
        new(FailureCode.IdempotencyInProgress, "idempotency_in_progress", 409, true,
            "The first request with this key still runs."),
        new(FailureCode.RateLimited, "rate_limited", 429, true, "Too many requests."),
        new(FailureCode.PayloadTooLarge, "payload_too_large", 413, false, "The body is too large."),
        new(FailureCode.UnsupportedMediaType, "unsupported_media_type", 415, false, "The media type is not taken."),
        new(FailureCode.UpstreamUnavailable, "upstream_unavailable", 503, true, "A dependency is unavailable."),
        new(FailureCode.Internal, "internal", 500, true, "Something failed on our side."),
        new(FailureCode.SignInRefused, "sign_in_refused", 401, false, "The sign-in token was refused."),
        new(FailureCode.ChallengeInvalid, "challenge_invalid", 409, false, "The wallet challenge is not valid."),
        new(FailureCode.SignatureInvalid, "signature_invalid", 422, false, "The signature does not match."),
        new(FailureCode.WalletNotLinked, "wallet_not_linked", 403, false, "The wallet is not linked to the caller."),
        new(FailureCode.WalletAlreadyLinked, "wallet_already_linked", 409, false, "The wallet is already linked."),
        new(FailureCode.ChainUnknown, "chain_unknown", 422, false, "The chain is not served here."),
        new(FailureCode.CollectionUnknown, "collection_unknown", 422, false, "The collection is not registered."),
        new(FailureCode.OrderMismatch, "order_mismatch", 422, false, "The order is not the one prepared."),
        new(FailureCode.PriceMismatch, "price_mismatch", 422, false, "The amounts do not add up."),
        new(FailureCode.OrderExpired, "order_expired", 422, false, "The order's time is over or out of bounds."),
        new(FailureCode.NotTokenOwner, "not_token_owner", 422, false, "The seller does not own the token."),
        new(FailureCode.NotApproved, "not_approved", 422, false, "The token's transfer is not approved."),
        new(FailureCode.CounterStale, "counter_stale", 422, false, "The offerer's counter has moved on."),
        new(FailureCode.OrderExists, "order_exists", 409, false, "The order is already known."),
        new(FailureCode.ListingNotActive, "listing_not_active", 409, false, "The listing is not for sale."),
        new(FailureCode.ListingHeld, "listing_held", 409, true, "Another buyer holds the listing."),
        new(FailureCode.OwnListing, "own_listing", 422, false, "Sellers cannot buy their own listings."),
        new(FailureCode.HoldLapsed, "hold_lapsed", 409, false, "The hold has lapsed."),
        new(FailureCode.PolicyDenied, "policy_denied", 403, false, "No policy allows this."),
        new(FailureCode.SignerUnavailable, "signer_unavailable", 409, true, "The signer cannot be used now."),
        new(FailureCode.SimulationFailed, "simulation_failed", 422, false, "The transaction would revert."),
        new(FailureCode.FeeCeilingExceeded, "fee_ceiling_exceeded", 409, true, "Fees exceed the ceiling."),
        new(FailureCode.SecondPersonRequired, "second_person_required", 403, false, "A second person must approve."),
        new(FailureCode.WebhookSignatureInvalid, "webhook_signature_invalid", 401, false,
            "The webhook's signature does not match."),
        new(FailureCode.EventPoison, "event_poison", 422, false, "The event can never be handled."),
        new(FailureCode.RequestTimeout, "request_timeout", 408, true, "The body did not arrive in time."),
    ];

    private static readonly Lazy<FrozenDictionary<FailureCode, FailureStatus>> ByCode =
        new(() => All.ToFrozenDictionary(row => row.Code));

    /// <summary>The row of a code.</summary>
    public static FailureStatus Of(FailureCode code) => ByCode.Value[code];
}
