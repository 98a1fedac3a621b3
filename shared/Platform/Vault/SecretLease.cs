namespace Souk.Platform.Vault;

/// <summary>A secret and how long it may be used.</summary>
/// <typeparam name="T">The secret's type.</typeparam>
/// <param name="Value">The secret.</param>
/// <param name="RenewAt">From then on, the next use tries to renew it first.</param>
/// <param name="EndsAt">From then on it may not be used.</param>
public sealed record SecretLease<T>(T Value, DateTimeOffset RenewAt, DateTimeOffset EndsAt)
    where T : class
{
    /// <summary>The times; never the secret.</summary>
    public override string ToString() => $"SecretLease(redacted, renewed from {RenewAt:O}, ends {EndsAt:O})";
}

/// <summary>Begins leases.</summary>
public static class SecretLease
{
    // Vault's own operator renews at 67 %: late enough to be rare, early enough to outlive an outage of some minutes.
    private const int RenewNumerator = 2;
    private const int RenewDenominator = 3;

    /// <summary>A lease that began at <paramref name="now"/> and is renewed two thirds through.</summary>
    /// <param name="value">The secret.</param>
    /// <param name="now">When it was asked for, not when the answer came: the lease errs to the short side.</param>
    /// <param name="lifetime">How long it lasts; zero or less is a lease without end, as Vault writes it.</param>
    public static SecretLease<T> Begin<T>(T value, DateTimeOffset now, TimeSpan lifetime)
        where T : class =>
        lifetime <= TimeSpan.Zero
            ? new SecretLease<T>(value, DateTimeOffset.MaxValue, DateTimeOffset.MaxValue)
            : new SecretLease<T>(value, now + (lifetime / RenewDenominator * RenewNumerator), now + lifetime);
}
