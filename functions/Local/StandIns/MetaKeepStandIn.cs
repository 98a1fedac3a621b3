using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;

namespace Souk.Local.StandIns;

/// <summary>MetaKeep's app API with wallets and signatures, over loopback.</summary>
/// <remarks>
/// Copies: <c>/v3/getDeveloperWallet</c>, <c>/v3/getWallet</c>, <c>/v2/app/sign/message</c>,
/// <c>/v2/app/sign/transaction</c>, <c>/v2/app/sign/typedData</c>, <c>/v2/app/lambda/invoke</c> as a person and
/// <c>/v2/app/transaction/status</c>; the API signature over the exact octets with its
/// minute of tolerance, the error envelope and statuses, replay by <c>Idempotency-Key</c>, 100 requests a second.
/// Source: MetaKeep's API reference and its published code samples (read 2026-11).
/// Known differences: a person's window is <see cref="Consent"/>, and nothing is sent to a chain for them: a test does
/// it with <see cref="MetaKeepApp.WalletOf"/> and says so by <see cref="Move"/>; calls without a person, contracts that
/// were not imported, NFT, coin and admin calls are not there; the 429 of the limit is assumed (its form is not
/// documented); a replayed key answers its first reply whatever the new body is (the vendor says nothing of it);
/// keys come from a seed, so wallets are the same in each run; signatures are deterministic (RFC 6979).
/// </remarks>
public sealed class MetaKeepStandIn(string seed, TimeProvider clock) : StandInServer
{
    /// <summary>The host that signed requests name, whatever address the stand-in has.</summary>
    public const string SignedHost = "api.metakeep.xyz";

    private static readonly TimeSpan TimestampTolerance = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, MetaKeepApp> _apps = new();
    private readonly MetaKeepConsents _consents = new(clock);
    private readonly ConcurrentDictionary<(string ApiKey, string Key), (int Status, string Body)> _answers = new();
    private readonly ConcurrentDictionary<(string ApiKey, long Second), int> _requests = new();

    /// <summary>Adds an app for a chain, and its wallet.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="number">Which of the chain's apps: 1 is the first.</param>
    public MetaKeepApp AddApp(ChainId chain, int number = 1)
    {
        MetaKeepApp app = new(seed, chain, number);
        return _apps.GetOrAdd(app.ApiKey, app);
    }

    /// <summary>Forgets an app: its key is unknown from now on.</summary>
    public void RemoveApp(MetaKeepApp app) => _apps.TryRemove(app.ApiKey, out _);

    /// <summary>What a person's window does when they consent: it answers the transaction's id at MetaKeep.</summary>
    /// <exception cref="InvalidOperationException">The token is unknown, was used, or is older than 10
    /// minutes.</exception>
    public Guid Consent(string consentToken) => _consents.Answer(consentToken).TransactionId;

    /// <summary>What the person saw in their window.</summary>
    public MetaKeepConsent AskedOf(string consentToken) => _consents.Find(consentToken);

    /// <summary>Moves a transaction that a person consented to on.</summary>
    /// <param name="transactionId">The transaction's id at MetaKeep.</param>
    /// <param name="status">QUEUED, COMPLETED, FAILED or CANCELLED.</param>
    /// <param name="hash">The chain's name for it.</param>
    public void Move(Guid transactionId, string status, TransactionHash? hash) =>
        _consents.Move(transactionId, status, hash);

    /// <inheritdoc/>
    protected override Task WriteErrorAsync(HttpContext context, int status) =>
        WriteAsync(context, status, StatusBody(status switch
        {
            401 => "UNAUTHORIZED",
            403 => "FORBIDDEN",
            400 => "INVALID_REQUEST",
            _ => "SOMETHING_WENT_WRONG",
        }));

    /// <inheritdoc/>
    protected override void Map(IEndpointRouteBuilder routes)
    {
        MapApp(routes, "/v3/getDeveloperWallet", (app, _) => WalletBody(app.Wallet));
        MapApp(routes, "/v3/getWallet", (app, body) =>
            WalletBody(app.WalletOf(MetaKeepRequests.Email(body.GetProperty("user")))));
        MapApp(routes, "/v2/app/sign/message", (app, body) =>
            SignatureBody(app.SigningKey.Sign(Eip191.HashPersonalMessage(MetaKeepRequests.Message(body))), 27));
        MapApp(routes, "/v2/app/sign/transaction", (app, body) =>
            SignatureBody(app.SigningKey.Sign(MetaKeepRequests.Transaction(body, app).SigningHash()), 0));
        MapApp(routes, "/v2/app/sign/typedData", (app, body) =>
            SignatureBody(app.SigningKey.Sign(MetaKeepRequests.TypedData(body).Digest()), 27));
        MapApp(routes, "/v2/app/lambda/invoke", _consents.Ask);
        MapApp(routes, "/v2/app/transaction/status", _consents.Tell);
    }

    private void MapApp(IEndpointRouteBuilder routes, string path, Func<MetaKeepApp, JsonElement, string> answer) =>
        routes.MapPost(path, context => HandleAsync(context, answer));

    private async Task HandleAsync(HttpContext context, Func<MetaKeepApp, JsonElement, string> answer)
    {
        using MemoryStream buffer = new();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        byte[] body = buffer.ToArray();
        (int status, string text) = Authorize(context.Request, body, out MetaKeepApp? app)
            ?? Replay(context.Request, app!)
            ?? Answer(body, app!, answer);
        if (status == 200 && app?.Signing is { } interfere && context.Request.Path.Value!.EndsWith("sign/transaction"))
            await interfere();

        string key = context.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > 0 && app is not null)
            _answers.TryAdd((app.ApiKey, key), (status, text));
        await WriteAsync(context, status, text);
    }

    private (int Status, string Body)? Authorize(HttpRequest request, byte[] body, out MetaKeepApp? app)
    {
        if (!_apps.TryGetValue(request.Headers["x-api-key"].ToString(), out app))
            return (401, StatusBody("UNAUTHORIZED"));
        if (!app.IsEnabled)
            return (403, StatusBody("FORBIDDEN"));

        string signature = request.Headers["X-Api-Signature"].ToString();
        if ((app.IsSignatureRequired || signature.Length > 0) && !IsSigned(request, body, app, signature))
            return (401, StatusBody("UNAUTHORIZED"));

        long second = clock.GetUtcNow().ToUnixTimeSeconds();
        int count = _requests.AddOrUpdate((app.ApiKey, second), 1, (_, before) => before + 1);
        return count > app.RequestsPerSecondMax ? (429, StatusBody("TOO_MANY_REQUESTS")) : null;
    }

    private bool IsSigned(HttpRequest request, byte[] body, MetaKeepApp app, string signature)
    {
        string stamp = request.Headers["X-Timestamp"].ToString();
        if (!long.TryParse(stamp, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds))
            return false;

        TimeSpan age = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        string key = request.Headers["Idempotency-Key"].ToString();
        string idempotency = key.Length > 0 ? $"Idempotency-Key:{key}\n" : "";
        string head = $"{SignedHost}\n{request.Method}\n{request.Path}\n{idempotency}X-Timestamp:{stamp}\n";
        return age.Duration() <= TimestampTolerance
            && app.HasSigned([.. Encoding.UTF8.GetBytes(head), .. body], signature);
    }

    private (int Status, string Body)? Replay(HttpRequest request, MetaKeepApp app) =>
        _answers.TryGetValue((app.ApiKey, request.Headers["Idempotency-Key"].ToString()), out (int, string) first)
            ? first
            : null;

    private static (int Status, string Body) Answer(
        byte[] body, MetaKeepApp app, Func<MetaKeepApp, JsonElement, string> answer)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body);
            return (200, answer(app, document.RootElement));
        }
        catch (MetaKeepRefusal refusal)
        {
            return (refusal.HttpStatus, StatusBody(refusal.Status));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or KeyNotFoundException
            or InvalidOperationException or OverflowException or ArgumentException)
        {
            return (400, StatusBody("INVALID_REQUEST"));
        }
    }

    private static string StatusBody(string status) => new JsonObject { ["status"] = status }.ToJsonString();

    private static string WalletBody(PrivateKey wallet) => new JsonObject
    {
        ["status"] = "SUCCESS",
        ["wallet"] = new JsonObject { ["ethAddress"] = wallet.Address.ToString() },
    }.ToJsonString();

    private static string SignatureBody(Signature signature, int parityBase) => new JsonObject
    {
        ["status"] = "SUCCESS",
        ["signature"] = Hex.Encode(signature.ToArray()),
        ["r"] = signature.R.ToString(),
        ["s"] = signature.S.ToString(),
        ["v"] = string.Create(CultureInfo.InvariantCulture, $"0x{parityBase + signature.YParity:x}"),
    }.ToJsonString();

    private static Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
