using System.Globalization;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>A refusal in the Identity Toolkit's error shape.</summary>
internal sealed class FirebaseRefusalException(int status, string message, string? statusName = null) : Exception
{
    public int Status { get; } = status;

    public JsonObject ToBody() => Body(Status, message, statusName);

    public static JsonObject Body(int code, string message, string? statusName)
    {
        JsonObject error = new()
        {
            ["code"] = code,
            ["message"] = message,
            ["errors"] = new JsonArray(new JsonObject
            {
                ["message"] = message,
                ["reason"] = "invalid",
                ["domain"] = "global",
            }),
        };
        if (statusName is not null)
            error["status"] = statusName;
        return new JsonObject { ["error"] = error };
    }
}

/// <summary>The project's users.</summary>
internal sealed class FirebaseAccounts(TimeProvider clock)
{
    private const int IdsMax = 100;
    private readonly Dictionary<string, FirebaseUser> _byUid = new(StringComparer.Ordinal);

    public void Put(string uid, string? email, string? password, string? tenant)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(uid.Length, 128, nameof(uid));
        _byUid[uid] = new FirebaseUser(uid, email, email is not null, clock.GetUtcNow())
        {
            Password = password,
            Tenant = tenant,
        };
    }

    public void Delete(string uid) => _byUid.Remove(uid);

    public void Change(string uid, Func<FirebaseUser, FirebaseUser> change) => _byUid[uid] = change(_byUid[uid]);

    /// <summary>
    /// Sets the bound to now; it is kept in whole seconds, so that one in this very second still counts.
    /// </summary>
    public void Revoke(string uid) => Change(uid, user => user with { ValidSince = clock.GetUtcNow() });

    /// <summary>The user as one who proves just now who they are.</summary>
    public FirebaseUser SignIn(string uid, string? email)
    {
        if (!_byUid.ContainsKey(uid))
            Put(uid, email, password: null, tenant: null);

        Change(uid, user => user with { Email = email ?? user.Email, AuthTime = clock.GetUtcNow() });
        return _byUid[uid];
    }

    public FirebaseUser SignIn(JsonObject body)
    {
        string email = Text(body, "email") ?? throw new FirebaseRefusalException(400, "INVALID_EMAIL");
        string password = Text(body, "password") ?? throw new FirebaseRefusalException(400, "MISSING_PASSWORD");
        FirebaseUser? user = _byUid.Values.FirstOrDefault(
            one => string.Equals(one.Email, email, StringComparison.OrdinalIgnoreCase));
        if (user?.Password is null || user.Password != password)
            throw new FirebaseRefusalException(400, "INVALID_LOGIN_CREDENTIALS");

        return user.IsDisabled
            ? throw new FirebaseRefusalException(400, "USER_DISABLED")
            : SignIn(user.Uid, email: null);
    }

    public JsonObject LookUp(JsonObject body, string? tenant)
    {
        string[] ids = Texts(body, "localId");
        string[] emails = Texts(body, "email");
        if (ids.Length + emails.Length == 0)
            throw new FirebaseRefusalException(400, "MISSING_ID_TOKEN");

        if (ids.Length + emails.Length > IdsMax)
            throw new FirebaseRefusalException(400, "TOO_MANY_IDENTIFIERS", "INVALID_ARGUMENT");

        JsonArray users = [];
        foreach (FirebaseUser user in _byUid.Values.Where(user => user.Tenant == tenant))
        {
            if (ids.Contains(user.Uid) || (user.Email is not null && emails.Contains(user.Email)))
                users.Add(Describe(user));
        }

        // There is no "users" member when none was found.
        JsonObject answer = new() { ["kind"] = "identitytoolkit#GetAccountInfoResponse" };
        if (users.Count > 0)
            answer["users"] = users;
        return answer;
    }

    public JsonObject Update(JsonObject body, string? tenant)
    {
        string uid = Text(body, "localId") ?? throw new FirebaseRefusalException(400, "MISSING_LOCAL_ID");
        if (!_byUid.TryGetValue(uid, out FirebaseUser? user) || user.Tenant != tenant)
            throw new FirebaseRefusalException(400, "USER_NOT_FOUND");

        string? email = Text(body, "email");
        if (email is not null && _byUid.Values.Any(other => other.Uid != uid && other.Email == email))
            throw new FirebaseRefusalException(400, "EMAIL_EXISTS");

        DateTimeOffset? validSince = Text(body, "validSince") is { } seconds
            ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture))
            : user.ValidSince;
        _byUid[uid] = user = user with
        {
            Email = email ?? user.Email,
            IsEmailVerified = Flag(body, "emailVerified") ?? (email is null && user.IsEmailVerified),
            IsDisabled = Flag(body, "disableUser") ?? user.IsDisabled,
            DisplayName = Text(body, "displayName") ?? user.DisplayName,
            ValidSince = validSince,
        };
        JsonObject answer = Describe(user);
        answer["kind"] = "identitytoolkit#SetAccountInfoResponse";
        return answer;
    }

    private static JsonObject Describe(FirebaseUser user)
    {
        JsonObject json = new()
        {
            ["localId"] = user.Uid,
            ["emailVerified"] = user.IsEmailVerified,
            ["disabled"] = user.IsDisabled,
            ["lastLoginAt"] = user.AuthTime.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        };
        if (user.Email is not null)
            json["email"] = user.Email;
        if (user.DisplayName is not null)
            json["displayName"] = user.DisplayName;
        if (user.ValidSince is { } validSince)
            json["validSince"] = validSince.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        if (user.Tenant is not null)
            json["tenantId"] = user.Tenant;
        return json;
    }

    private static string[] Texts(JsonObject body, string name) =>
        [.. (body[name] as JsonArray ?? []).Select(one => one!.GetValue<string>())];

    private static string? Text(JsonObject body, string name) =>
        body[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static bool? Flag(JsonObject body, string name) =>
        body[name] is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;
}
