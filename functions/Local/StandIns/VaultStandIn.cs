using System.Text.Json.Nodes;

namespace Souk.Local.StandIns;

/// <summary>Vault's stand-in: logins, tokens, policies, KV version 2, transit and static database roles.</summary>
/// <remarks>
/// Copies the HTTP API of Vault 1.2x and 2.0 as its API documentation and, for error texts and statuses, the sources of
/// hashicorp/vault, vault-plugin-auth-kubernetes and vault-plugin-secrets-kv describe it. Passwords are really changed
/// on the PostgreSQL it is given, and transit really encrypts and signs. Known differences: memory only, one namespace,
/// no TLS, no response wrapping, no RSA encryption, no batch input, no dynamic database credentials, no quotas (script
/// a 429); policies know exact paths and a trailing star; a static role rotates at the read that finds it due, where
/// Vault has a ticker; the cluster behind the Kubernetes login is this class; RSA-PSS salts are as long as the hash.
/// </remarks>
public sealed partial class VaultStandIn : StandInServer
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly VaultPolicies _policies = new();
    private readonly VaultTokens _tokens;
    private readonly VaultLogins _logins;
    private readonly VaultKvEngine _kv;
    private readonly VaultTransitEngine _transit = new();
    private readonly VaultDatabaseEngine _database;
    private volatile bool _isSealed;

    public VaultStandIn(TimeProvider clock)
    {
        _clock = clock;
        _tokens = new VaultTokens(clock);
        _logins = new VaultLogins(_tokens, clock);
        _kv = new VaultKvEngine(clock);
        _database = new VaultDatabaseEngine(clock);
        RootToken = _tokens.Issue("root", ["root"], TimeSpan.Zero, TimeSpan.Zero).Id;
    }

    /// <summary>A token that may do everything and never ends.</summary>
    public string RootToken { get; }

    /// <summary>Whether calls without <c>X-Vault-Request</c> meet 412, as at an agent that demands it.</summary>
    public bool IsRequestHeaderRequired { get; set; }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _logins.Dispose();
        _transit.Dispose();
        await _database.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override Task WriteErrorAsync(HttpContext context, int status) =>
        VaultWire.WriteAsync(context, VaultWire.Error(status, VaultWire.TextOf(status)));

    /// <inheritdoc/>
    protected override void Map(IEndpointRouteBuilder routes) => routes.Map("/v1/{**path}", HandleAsync);

    private async Task HandleAsync(HttpContext context)
    {
        VaultReply reply;
        try
        {
            reply = await DispatchAsync(context, context.RequestAborted);
        }
        catch (VaultRefusalException refusal)
        {
            reply = VaultWire.Error(refusal.Status, refusal.Errors);
        }

        await VaultWire.WriteAsync(context, reply);
    }

    private async Task<VaultReply> DispatchAsync(HttpContext context, CancellationToken cancellationToken)
    {
        string path = (string)context.Request.RouteValues["path"]!;
        if (path == "sys/health")
            return Health(context.Request.Query);

        if (_isSealed)
            throw new VaultRefusalException(503, VaultWire.TextOf(503));

        if (IsRequestHeaderRequired && context.Request.Headers["X-Vault-Request"] != "true")
            throw new VaultRefusalException(412, """missing "X-Vault-Request" header""");

        VaultCall call = await VaultWire.ReadAsync(context, path, cancellationToken);
        if (path is "auth/kubernetes/login" or "auth/approle/login")
        {
            if (call.Operation != VaultOperation.Write)
                throw VaultRefusalException.UnsupportedOperation();

            lock (_gate)
                return VaultWire.Authenticated(_logins.LogIn(path, call.Body));
        }

        VaultToken token;
        lock (_gate)
            token = _tokens.Find(TokenOf(context)) ?? throw VaultRefusalException.InvalidToken();

        Authorize(call, token);
        return await RouteAsync(call, token, cancellationToken);
    }

    private void Authorize(VaultCall call, VaultToken token)
    {
        string capability = call.Operation switch
        {
            VaultOperation.Read => "read",
            VaultOperation.List => "list",
            VaultOperation.Delete => "delete",
            VaultOperation.Patch => "patch",
            _ when Exists(call) => "update",
            _ => "create",
        };
        if (!_policies.CapabilitiesOf(token.Policies, call.Path).Contains(capability))
            throw VaultRefusalException.PermissionDenied();
    }

    /// <summary>Whether a write would change something that is there; only some paths tell a creation apart.</summary>
    private bool Exists(VaultCall call)
    {
        lock (_gate)
        {
            return call.TryBelow("secret", out VaultCall? kv)
                ? _kv.Exists(kv)
                : !call.TryBelow("transit", out VaultCall? transit) || _transit.Exists(transit);
        }
    }

    private async Task<VaultReply> RouteAsync(VaultCall call, VaultToken token, CancellationToken cancellationToken)
    {
        if (call.TryBelow("database", out VaultCall? database))
            return await _database.HandleAsync(database, cancellationToken);

        lock (_gate)
        {
            if (call.TryBelow("secret", out VaultCall? kv))
                return _kv.Handle(kv);

            if (call.TryBelow("transit", out VaultCall? transit))
                return _transit.Handle(transit);

            if (call.TryBelow("auth/token", out VaultCall? self))
                return _tokens.Handle(self, token);
        }

        return call.Path == "sys/capabilities-self"
            ? CapabilitiesSelf(call, token)
            : throw new VaultRefusalException(404, $"no handler for route \"{call.Path}\". route entry not found.");
    }

    private VaultReply CapabilitiesSelf(VaultCall call, VaultToken token)
    {
        JsonObject data = [];
        foreach (JsonNode? node in call.Body["paths"] as JsonArray ?? [])
        {
            string path = node!.GetValue<string>();
            IReadOnlySet<string> held = _policies.CapabilitiesOf(token.Policies, path);
            data[path] = VaultWire.Array(held.Count == 0 ? ["deny"] : held.Order(StringComparer.Ordinal));
        }

        return VaultWire.Data(data);
    }

    private VaultReply Health(IQueryCollection query)
    {
        int status = !_isSealed ? 200 : int.TryParse(query["sealedcode"], out int wished) ? wished : 503;
        return new VaultReply(status, new JsonObject
        {
            ["initialized"] = true,
            ["sealed"] = _isSealed,
            ["standby"] = false,
            ["performance_standby"] = false,
            ["server_time_utc"] = _clock.GetUtcNow().ToUnixTimeSeconds(),
            ["version"] = "2.0.4",
            ["cluster_name"] = "stand-in",
        });
    }

    private static string? TokenOf(HttpContext context)
    {
        string? header = context.Request.Headers["X-Vault-Token"];
        string? bearer = context.Request.Headers.Authorization;
        return header ?? (bearer?.StartsWith("Bearer ", StringComparison.Ordinal) ?? false ? bearer[7..] : null);
    }
}
