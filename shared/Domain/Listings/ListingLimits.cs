namespace Souk.Domain.Listings;

/// <summary>How long things may take in the life of a listing, each with its reason.</summary>
public static class ListingLimits
{
    /// <summary>
    /// A hold: time for a person to read a wallet's dialog and for a block, little enough for others.
    /// </summary>
    public static TimeSpan HoldDuration { get; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// An authorization to fill: ends 30 s before its hold, so that a fill of its last moment is seen on chain
    /// before another buyer can hold.
    /// </summary>
    public static TimeSpan AuthorizationLifetime { get; } = HoldDuration - TimeSpan.FromSeconds(30);

    /// <summary>
    /// Hand-out stops so long before the order's end: a fill sent later would likely be mined too late.
    /// </summary>
    public static TimeSpan HandOutMargin { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The shortest listing: a hold, its margin, and time for a buyer to come by.</summary>
    public static TimeSpan DurationMin { get; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest listing: a forgotten price of half a year ago is a loss waiting for its seller.</summary>
    public static TimeSpan DurationMax { get; } = TimeSpan.FromDays(180);

    /// <summary>How far ahead a listing may start.</summary>
    public static TimeSpan StartDelayMax { get; } = TimeSpan.FromDays(30);
}
