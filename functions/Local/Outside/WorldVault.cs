using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Souk.Local.StandIns;

namespace Souk.Local.Outside;

/// <summary>Fills Vault as an operator does: for each function a policy, a login, secrets and a database
/// role.</summary>
internal static class WorldVault
{
    private static readonly TimeSpan TokenTtl = TimeSpan.FromHours(1);
    private static readonly TimeSpan TokenMaxTtl = TimeSpan.FromHours(24);

    // A cluster's kubelet writes a new service-account token in time; nobody does here.
    private static readonly TimeSpan ServiceAccountTokenLifetime = TimeSpan.FromDays(30);

    // The other rooms keep no cache and ask no node.
    private static readonly string[] CacheAndNodeUsers = ["auth", "marketplace", "signing"];

    /// <summary>The Kubernetes namespace of a function, as knative/ places it.</summary>
    public static string NamespaceOf(string function) => function == "webhooks" ? "webhooks" : "apis";

    /// <summary>Writes policies and logins: nothing that is not named is allowed.</summary>
    public static void PutPolicies(VaultStandIn vault, IEnumerable<string> functions)
    {
        vault.CreateTransitKey("access-token", "ecdsa-p256");
        vault.CreateTransitKey("wallet-data", "aes256-gcm96");
        foreach (string function in functions)
        {
            List<string> rules =
            [
                Rule($"secret/data/{function}", "read"),
                Rule($"database/static-creds/{function}", "read"),
                Rule("transit/keys/access-token", "read"),
            ];
            if (function == "auth") rules.Add(Rule("transit/sign/access-token/*", "update"));
            if (function == "auth") rules.Add(Rule("transit/sign/access-token", "update"));
            if (function == "auth") rules.Add(Rule("transit/encrypt/wallet-data", "update"));
            if (function == "signing") rules.Add(Rule("transit/decrypt/wallet-data", "update"));
            vault.PutPolicy(function, string.Join('\n', rules));
            vault.PutKubernetesRole(function, new VaultKubernetesRole(
                [function], [NamespaceOf(function)], "vault", [function], TokenTtl, TokenMaxTtl));
        }
    }

    /// <summary>Gives Vault the login users, whose passwords it changes at once and daily.</summary>
    public static async Task PutDatabaseRolesAsync(
        VaultStandIn vault, WorldDatabase database, IEnumerable<string> functions, CancellationToken cancellationToken)
    {
        vault.ConfigureDatabase(database.Server.AdminConnectionString() + ";Maximum Pool Size=2");
        foreach (string function in functions)
            await vault.CreateStaticRoleAsync(function, WorldDatabase.UserOf(function), cancellationToken);
    }

    /// <summary>Writes each function's service-account token into a file of its name, for its owner alone.</summary>
    public static void WriteServiceAccountTokens(VaultStandIn vault, IEnumerable<string> functions, string folder)
    {
        foreach (string function in functions)
        {
            string token = vault.IssueServiceAccountToken(
                function, NamespaceOf(function), "vault", ServiceAccountTokenLifetime);
            SecretFile.Write(Path.Combine(folder, function), token);
        }
    }

    /// <summary>Writes each function's own secrets, and lets their keys in at the vendors.</summary>
    public static void PutSecrets(World world, IEnumerable<string> functions)
    {
        foreach (string function in functions)
        {
            Dictionary<string, string> secrets = [];
            if (CacheAndNodeUsers.Contains(function))
            {
                secrets["redis_user"] = function;
                secrets["redis_password"] = world.Redis.Password(function);
                secrets["alchemy_key"] = RandomNumberGenerator.GetHexString(32, lowercase: true);
                world.Alchemy.AddKey(secrets["alchemy_key"]);
            }

            if (function == "auth") secrets["firebase_service_account"] = world.Firebase.ServiceAccountJson;
            if (function == "auth" && world.Chains.Count > 0)
                AddApp(secrets, "people", world.PeopleOf(world.Chains[0]));
            if (function == "marketplace") AddMarket(secrets, world);
            if (function == "signing") AddSigners(secrets, world.Chains);
            foreach (WorldChain chain in function == "signing" ? world.Chains : [])
                AddApp(secrets, $"people-{chain.Plan.Id}", world.PeopleOf(chain));
            if (function == "webhooks") AddHooks(secrets, world.Hooks);
            world.Vault.PutKv(function, secrets);
        }
    }

    private static void AddMarket(Dictionary<string, string> secrets, World world)
    {
        secrets["zone_signer_key"] = world.ZoneSignerKey;
        secrets["alchemy_notify_token"] = world.Alchemy.ManagementToken;
    }

    private static void AddSigners(Dictionary<string, string> secrets, IEnumerable<WorldChain> chains)
    {
        foreach (WorldChain chain in chains)
        {
            foreach (MetaKeepApp signer in chain.Signers)
            {
                secrets[$"metakeep_{chain.NameOf(signer)}_api_key"] = signer.ApiKey;
                secrets[$"metakeep_{chain.NameOf(signer)}_api_secret"] = signer.ApiSecret;
            }
        }
    }

    private static void AddApp(Dictionary<string, string> secrets, string name, MetaKeepApp app)
    {
        secrets[$"metakeep_{name}_api_key"] = app.ApiKey;
        secrets[$"metakeep_{name}_api_secret"] = app.ApiSecret;
    }

    private static void AddHooks(
        Dictionary<string, string> secrets, IReadOnlyDictionary<string, AlchemyWebhook> hooks)
    {
        foreach ((string hook, AlchemyWebhook webhook) in hooks) secrets[$"alchemy_{hook}"] = HookSecret(webhook);
    }

    private static string HookSecret(AlchemyWebhook webhook) => new JsonObject
    {
        ["webhookId"] = webhook.Id,
        ["keys"] = new JsonArray(webhook.SigningKey),
        ["network"] = webhook.Network.NotifyName,
    }.ToJsonString();

    private static string Rule(string path, string capability) =>
        $$"""path "{{path}}" { capabilities = ["{{capability}}"] }""";
}
