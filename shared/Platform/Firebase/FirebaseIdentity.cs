namespace Souk.Platform.Firebase;

/// <summary>Whom a verified ID token names.</summary>
/// <param name="Uid">Firebase's id of the user; 1 to 128 characters.</param>
/// <param name="Email">The e-mail address; null when the provider gave none.</param>
/// <param name="EmailVerified">Whether the address is known to be the user's; only then may it mean anything.</param>
/// <param name="AuthTime">When the user last proved who they are; refreshing a token does not move it.</param>
/// <param name="SignInProvider">How they did: <c>password</c>, <c>google.com</c>, <c>anonymous</c>.</param>
/// <param name="ExpiresAt">When the token lapses.</param>
public sealed record FirebaseIdentity(
    string Uid,
    string? Email,
    bool EmailVerified,
    DateTimeOffset AuthTime,
    string SignInProvider,
    DateTimeOffset ExpiresAt)
{
    /// <summary>The id and the provider; never the e-mail address.</summary>
    public override string ToString() => $"FirebaseIdentity({Uid}, {SignInProvider}, e-mail redacted)";
}
