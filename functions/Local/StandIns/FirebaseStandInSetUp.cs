using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>How a minted ID token departs from a good one.</summary>
/// <param name="Header">Changes the header before it is signed; null leaves it.</param>
/// <param name="Claims">Changes the claims before they are signed; null leaves them.</param>
/// <param name="IsForged">Signs with a key that Google never published, under the kid of one that it did.</param>
/// <param name="IsUnsigned">Leaves the signature empty, as the emulator does.</param>
public sealed record FirebaseTwist(
    Action<JsonObject>? Header = null,
    Action<JsonObject>? Claims = null,
    bool IsForged = false,
    bool IsUnsigned = false)
{
    /// <summary>No departure.</summary>
    public static FirebaseTwist None { get; } = new();
}

/// <summary>One user of the project.</summary>
/// <param name="Uid">Their id.</param>
/// <param name="Email">Their e-mail address.</param>
/// <param name="IsEmailVerified">Whether the address is known to be theirs.</param>
/// <param name="AuthTime">When they last proved who they are.</param>
public sealed record FirebaseUser(string Uid, string? Email, bool IsEmailVerified, DateTimeOffset AuthTime)
{
    /// <summary>Their tenant; null outside every tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>How they sign in.</summary>
    public string Provider { get; init; } = "password";

    /// <summary>Whether an operator shut them out.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Authentications before this moment no longer count; null when none was revoked.</summary>
    public DateTimeOffset? ValidSince { get; init; }

    internal string? Password { get; init; }

    internal string? DisplayName { get; init; }

    /// <summary>The id; never the e-mail address or the password.</summary>
    public override string ToString() => $"FirebaseUser({Uid}, redacted)";
}

/// <content>Setting the stand-in up, as the console and its own users would.</content>
public sealed partial class FirebaseStandIn
{
    /// <summary>The service account's key file, as the console lets one download it.</summary>
    public string ServiceAccountJson => _oauth.ServiceAccountJson(TokenUrl);

    /// <summary>Adds a user, or replaces the one with this id.</summary>
    /// <param name="uid">Their id.</param>
    /// <param name="email">Their e-mail address, taken as verified; null for none.</param>
    /// <param name="password">What they sign in with over HTTP; null for a user who only has tokens minted.</param>
    /// <param name="tenant">Their tenant; null for none.</param>
    public void AddUser(string uid, string? email = null, string? password = null, string? tenant = null)
    {
        lock (_gate)
            _accounts.Put(uid, email, password, tenant);
    }

    public void DeleteUser(string uid)
    {
        lock (_gate)
            _accounts.Delete(uid);
    }

    public void DisableUser(string uid)
    {
        lock (_gate)
            _accounts.Change(uid, user => user with { IsDisabled = true });
    }

    /// <summary>The user's e-mail counts as unproven from now on.</summary>
    public void UnverifyEmail(string uid)
    {
        lock (_gate)
            _accounts.Change(uid, user => user with { IsEmailVerified = false });
    }

    /// <summary>
    /// What the SDK's <c>revokeRefreshTokens</c> does: authentications before this second stop counting.
    /// </summary>
    public void RevokeSignIns(string uid)
    {
        lock (_gate)
            _accounts.Revoke(uid);
    }

    /// <summary>A good ID token of the user, who is added when unknown, as if they signed in now.</summary>
    public string MintIdToken(string uid, string? email = null) => MintIdToken(uid, email, FirebaseTwist.None);

    /// <summary>An ID token of the user, who is added when unknown, good but for its twist.</summary>
    public string MintIdToken(string uid, string? email, FirebaseTwist twist)
    {
        lock (_gate)
            return _issuer.Mint(_accounts.SignIn(uid, email), twist);
    }

    /// <summary>Publishes another key and signs with it; the older ones stay published.</summary>
    public void RotateKeys()
    {
        lock (_gate)
            _issuer.Rotate();
    }

    /// <summary>Withdraws every key but the newest.</summary>
    public void WithdrawOldKeys()
    {
        lock (_gate)
            _issuer.WithdrawOld();
    }

    /// <summary>Revokes every access token that the token endpoint gave out.</summary>
    public void RevokeAccessTokens()
    {
        lock (_gate)
            _oauth.RevokeAll();
    }
}
