using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Souk.Local.StandIns;
using Souk.Platform.Http;
using Souk.Platform.Vault;

namespace Souk.Platform.Tests.Vault;

/// <summary>A Vault stand-in set up for the auth function, a clock, and clients of it.</summary>
internal sealed class VaultBench : IAsyncDisposable
{
    /// <summary>What a token of the auth role is granted at a login.</summary>
    public static readonly TimeSpan TokenTtl = TimeSpan.FromMinutes(15);

    /// <summary>How far renewals stretch it.</summary>
    public static readonly TimeSpan TokenMaxTtl = TimeSpan.FromHours(1);

    private readonly List<VaultClient> _clients = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("souk-vault-").FullName;

    private VaultBench() => StandIn = new VaultStandIn(Clock);

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 9, 1, 12, 0, 0, TimeSpan.Zero));

    public VaultStandIn StandIn { get; }

    public string TokenPath => Path.Combine(_folder, "token");

    public string SecretIdPath => Path.Combine(_folder, "secret-id");

    public static async Task<VaultBench> StartAsync()
    {
        VaultBench bench = new();
        await bench.StandIn.StartAsync(TestContext.Current.CancellationToken);
        bench.StandIn.PutPolicy("auth", """
            path "secret/data/auth" { capabilities = ["read"] }
            path "transit/sign/access-token" { capabilities = ["update"] }
            path "transit/verify/access-token" { capabilities = ["update"] }
            path "transit/keys/access-token" { capabilities = ["read"] }
            path "transit/encrypt/wallet" { capabilities = ["update"] }
            path "transit/decrypt/wallet" { capabilities = ["update"] }
            path "transit/datakey/plaintext/wallet" { capabilities = ["update"] }
            path "database/static-creds/auth" { capabilities = ["read"] }
            """);
        bench.StandIn.PutKubernetesRole(
            "auth", new VaultKubernetesRole(["auth"], ["apis"], "vault", ["auth"], TokenTtl, TokenMaxTtl));
        bench.StandIn.PutKv(
            "auth", new Dictionary<string, string> { ["redis_user"] = "auth", ["redis_password"] = "hunter2" });
        bench.WriteServiceAccountToken();
        return bench;
    }

    public void WriteServiceAccountToken(string serviceAccount = "auth") => File.WriteAllText(
        TokenPath, StandIn.IssueServiceAccountToken(serviceAccount, lifetime: TimeSpan.FromDays(1)) + "\n");

    public VaultOptions Options() => new()
    {
        Address = StandIn.Url,
        LoginMethod = VaultLoginMethod.Kubernetes,
        Role = "auth",
        TokenPath = TokenPath,
    };

    /// <summary>A client whose leases follow the bench's clock, and whose retries wait in real, short time.</summary>
    public VaultClient NewClient(VaultOptions? options = null)
    {
        VaultOptions used = options ?? Options();
        OutboundHttp http = new(VaultRegistration.PolicyOf(used), TimeProvider.System);
        VaultClient client = new(used, http, Clock, NullLogger<VaultClient>.Instance);
        _clients.Add(client);
        return client;
    }

    /// <summary>How many calls ended on this path.</summary>
    public int CallsTo(string path) =>
        StandIn.Calls.Count(call => call.Path.EndsWith(path, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await StandIn.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
