using System.Text.Json;
using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>Firebase's stand-in: ID tokens and their keys, the OAuth token endpoint, and the users' accounts.</summary>
/// <remarks>
/// Copies the secure-token service's two key documents, the JWT-bearer token endpoint (RFC 7523) and the calls of the
/// Identity Toolkit that Souk makes, as the Admin SDK for Node, google-auth-library and the Auth emulator's sources
/// describe them; one port stands for all of Google's hosts. Known differences: users live in memory, accounts know
/// lookup and update alone, clients sign in by password alone and any API key is good, one service account, no quotas
/// (script a 429), and Google's longer error texts are cut to what clients read.
/// </remarks>
public sealed partial class FirebaseStandIn : StandInServer
{
    private const string JwksPath = "service_accounts/v1/jwk/securetoken@system.gserviceaccount.com";
    private const string CertificatesPath = "robot/v1/metadata/x509/securetoken@system.gserviceaccount.com";
    private readonly Lock _gate = new();
    private readonly FirebaseTokenIssuer _issuer;
    private readonly FirebaseOAuth _oauth;
    private readonly FirebaseAccounts _accounts;

    public FirebaseStandIn(TimeProvider clock, string projectId = "souk-local")
    {
        ProjectId = projectId;
        _issuer = new FirebaseTokenIssuer(projectId, clock);
        _oauth = new FirebaseOAuth(projectId, clock);
        _accounts = new FirebaseAccounts(clock);
    }

    /// <summary>The project whose users these are.</summary>
    public string ProjectId { get; }

    /// <summary>The JWKS document.</summary>
    public Uri KeysUrl => new(Url, JwksPath);

    /// <summary>The same keys as certificates.</summary>
    public Uri CertificatesUrl => new(Url, CertificatesPath);

    /// <summary>The Identity Toolkit.</summary>
    public Uri IdentityUrl => Url;

    /// <summary>The OAuth token endpoint.</summary>
    public Uri TokenUrl => new(Url, "token");

    /// <summary>The lifetime that the key documents give themselves; null sends no <c>Cache-Control</c>.</summary>
    public TimeSpan? KeysMaxAge { get; set; } = TimeSpan.FromHours(6);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _issuer.Dispose();
        _oauth.Dispose();
    }

    /// <inheritdoc/>
    protected override Task WriteErrorAsync(HttpContext context, int status) =>
        WriteAsync(context, status, FirebaseRefusalException.Body(status, "stand-in", StatusName(status)));

    /// <inheritdoc/>
    protected override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(JwksPath, context => WriteKeysAsync(context, _issuer.Jwks));
        routes.MapGet(CertificatesPath, context => WriteKeysAsync(context, _issuer.Certificates));
        routes.MapPost("token", ExchangeAssertionAsync);
        routes.MapPost("v1/projects/{project}/accounts:{verb}", HandleAccountsAsync);
        routes.MapPost("v1/projects/{project}/tenants/{tenant}/accounts:{verb}", HandleAccountsAsync);
        routes.MapPost("v1/accounts:signInWithPassword", SignInAsync);
    }

    private Task WriteKeysAsync(HttpContext context, Func<JsonObject> document)
    {
        if (KeysMaxAge is { } maxAge)
        {
            context.Response.Headers.CacheControl =
                $"public, max-age={(long)maxAge.TotalSeconds}, must-revalidate, no-transform";
        }

        lock (_gate)
            return WriteAsync(context, 200, document());
    }

    private async Task ExchangeAssertionAsync(HttpContext context)
    {
        IFormCollection form = context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : FormCollection.Empty;
        int status;
        JsonObject body;
        lock (_gate)
            (status, body) = _oauth.Exchange(form["grant_type"], form["assertion"], TokenUrl.OriginalString);

        await WriteAsync(context, status, body);
    }

    private Task HandleAccountsAsync(HttpContext context) => AnswerAsync(context, body =>
    {
        _oauth.Authorize(context.Request.Headers.Authorization, (string)context.Request.RouteValues["project"]!);
        string? tenant = (string?)context.Request.RouteValues["tenant"];
        return (string?)context.Request.RouteValues["verb"] switch
        {
            "lookup" => _accounts.LookUp(body, tenant),
            "update" => _accounts.Update(body, tenant),
            _ => throw new FirebaseRefusalException(404, "Method not found.", "NOT_FOUND"),
        };
    });

    private Task SignInAsync(HttpContext context) => AnswerAsync(context, body =>
    {
        if (string.IsNullOrEmpty(context.Request.Query["key"]))
        {
            throw new FirebaseRefusalException(
                403, "The request is missing a valid API key.", "PERMISSION_DENIED");
        }

        FirebaseUser user = _accounts.SignIn(body);
        return new JsonObject
        {
            ["kind"] = "identitytoolkit#VerifyPasswordResponse",
            ["localId"] = user.Uid,
            ["email"] = user.Email,
            ["registered"] = true,
            ["idToken"] = _issuer.Mint(user, FirebaseTwist.None),
            ["refreshToken"] = Guid.NewGuid().ToString("N"),
            ["expiresIn"] = "3600",
        };
    });

    private async Task AnswerAsync(HttpContext context, Func<JsonObject, JsonObject> answer)
    {
        using StreamReader reader = new(context.Request.Body);
        string text = await reader.ReadToEndAsync(context.RequestAborted);
        int status = 200;
        JsonObject reply;
        try
        {
            JsonObject body = JsonNode.Parse(text.Length == 0 ? "{}" : text) as JsonObject ?? throw new JsonException();
            lock (_gate)
                reply = answer(body);
        }
        catch (JsonException)
        {
            (status, reply) = (400, FirebaseRefusalException.Body(400, "Invalid JSON payload.", "INVALID_ARGUMENT"));
        }
        catch (FirebaseRefusalException refusal)
        {
            (status, reply) = (refusal.Status, refusal.ToBody());
        }

        await WriteAsync(context, status, reply);
    }

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    private static string StatusName(int status) => status switch
    {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        _ => "INTERNAL",
    };
}
