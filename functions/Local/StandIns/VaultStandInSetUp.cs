namespace Souk.Local.StandIns;

/// <summary>What a Kubernetes role binds: who may log in, and what they get.</summary>
/// <param name="ServiceAccounts">The service accounts' names; <c>*</c> for any.</param>
/// <param name="Namespaces">Their namespaces; <c>*</c> for any.</param>
/// <param name="Audience">The audience the service-account token must name; null for any.</param>
/// <param name="Policies">The token's policies, besides <c>default</c>.</param>
/// <param name="Ttl">The token's lease; zero never ends.</param>
/// <param name="MaxTtl">How far renewals can stretch it; zero without end.</param>
public sealed record VaultKubernetesRole(
    IReadOnlyList<string> ServiceAccounts,
    IReadOnlyList<string> Namespaces,
    string? Audience,
    IReadOnlyList<string> Policies,
    TimeSpan Ttl,
    TimeSpan MaxTtl);

/// <summary>What an AppRole gives, and how long its secret ids are good for.</summary>
/// <param name="Policies">The token's policies, besides <c>default</c>.</param>
/// <param name="Ttl">The token's lease; zero never ends.</param>
/// <param name="MaxTtl">How far renewals can stretch it; zero without end.</param>
/// <param name="SecretIdUsesMax">How many logins a secret id is good for; 0 for any number.</param>
/// <param name="SecretIdTtl">How long a secret id is good for; zero without end.</param>
public sealed record VaultAppRole(
    IReadOnlyList<string> Policies, TimeSpan Ttl, TimeSpan MaxTtl, int SecretIdUsesMax, TimeSpan SecretIdTtl);

/// <content>Setting the stand-in up, as an operator would with the CLI, and troubling it as one would not.</content>
public sealed partial class VaultStandIn
{
    /// <summary>Writes a policy.</summary>
    /// <param name="name">The policy's name.</param>
    /// <param name="rules">What <c>vault policy write</c> takes: <c>path "…" { capabilities = […] }</c>.</param>
    public void PutPolicy(string name, string rules) => _policies.Put(name, rules);

    public void PutKubernetesRole(string name, VaultKubernetesRole role)
    {
        lock (_gate)
            _logins.Put(name, role);
    }

    /// <summary>Writes an AppRole.</summary>
    /// <returns>Its role id.</returns>
    public string PutAppRole(string name, VaultAppRole role)
    {
        lock (_gate)
            return _logins.Put(name, role);
    }

    public string IssueSecretId(string appRole)
    {
        lock (_gate)
            return _logins.IssueSecretId(appRole);
    }

    /// <summary>What the kubelet would write into the pod's projected volume.</summary>
    /// <param name="serviceAccount">The service account: the function's name.</param>
    /// <param name="kubernetesNamespace">The pod's namespace.</param>
    /// <param name="audience">The volume's audience.</param>
    /// <param name="lifetime">The volume's <c>expirationSeconds</c>; an hour when null.</param>
    public string IssueServiceAccountToken(
        string serviceAccount,
        string kubernetesNamespace = "apis",
        string audience = "vault",
        TimeSpan? lifetime = null) =>
        _logins.IssueServiceAccountToken(
            serviceAccount, kubernetesNamespace, audience, lifetime ?? TimeSpan.FromHours(1));

    /// <summary>A token as an operator creates one by hand.</summary>
    /// <param name="policies">Its policies, besides <c>default</c>.</param>
    /// <param name="ttl">Its lease; zero never ends.</param>
    /// <param name="maxTtl">How far renewals can stretch it; zero without end.</param>
    public string CreateToken(IReadOnlyList<string> policies, TimeSpan ttl, TimeSpan maxTtl)
    {
        lock (_gate)
            return _tokens.Issue("token", [.. policies, "default"], ttl, maxTtl).Id;
    }

    /// <summary>Writes a new version of a KV secret; the path is below the mount.</summary>
    public void PutKv(string path, IReadOnlyDictionary<string, string> values)
    {
        lock (_gate)
            _kv.Put(path, values);
    }

    /// <summary>Deletes the newest version of a KV secret: it answers 404 with its metadata.</summary>
    public void DeleteKv(string path)
    {
        lock (_gate)
            _kv.Delete(path);
    }

    /// <summary>Creates a transit key.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type"><c>aes256-gcm96</c>, <c>ecdsa-p256</c> or <c>rsa-2048</c>.</param>
    public void CreateTransitKey(string name, string type)
    {
        lock (_gate)
            _transit.Create(name, type);
    }

    public void RotateTransitKey(string name)
    {
        lock (_gate)
            _transit.Rotate(name);
    }

    /// <summary>Versions below are neither decrypted nor verified with, nor shown, any more.</summary>
    public void SetMinDecryptionVersion(string name, int version)
    {
        lock (_gate)
            _transit.SetMinDecryptionVersion(name, version);
    }

    /// <summary>Gives the database engine its connection.</summary>
    /// <param name="adminConnectionString">A user that may alter the roles.</param>
    public void ConfigureDatabase(string adminConnectionString) => _database.Configure(adminConnectionString);

    /// <summary>Creates a static role, which changes the user's password at once.</summary>
    public Task CreateStaticRoleAsync(
        string role, string userName, TimeSpan rotationPeriod, CancellationToken cancellationToken) =>
        _database.CreateStaticRoleAsync(role, userName, rotationPeriod, cancellationToken);

    /// <inheritdoc cref="CreateStaticRoleAsync(string, string, TimeSpan, CancellationToken)"/>
    public Task CreateStaticRoleAsync(string role, string userName, CancellationToken cancellationToken) =>
        CreateStaticRoleAsync(role, userName, TimeSpan.FromDays(1), cancellationToken);

    public Task RotateStaticRoleAsync(string role, CancellationToken cancellationToken) =>
        _database.RotateAsync(role, cancellationToken);

    public void Seal() => _isSealed = true;

    public void Unseal() => _isSealed = false;

    /// <summary>Revokes every token but the root token.</summary>
    public void RevokeAllTokens()
    {
        lock (_gate)
            _tokens.RevokeAllBut(RootToken);
    }
}
