using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Souk.Domain.Failures;
using Souk.Platform.Vault;

namespace Souk.Webhooks;

/// <summary>What a hook of Alchemy's is known by: its id, and the one or two keys that sign its deliveries.</summary>
/// <param name="WebhookId">The provider's id of the hook, <c>wh_…</c>.</param>
/// <param name="Keys">The signing keys: one, or two while a key is being replaced.</param>
/// <param name="Network">Alchemy's name of its network, for the kinds (<c>GRAPHQL</c>) whose events name none.</param>
internal sealed record HookSecret(string WebhookId, IReadOnlyList<string> Keys, string? Network = null)
{
    // An empty key would let anyone sign.
    internal bool IsSound => WebhookId is { Length: > 0 } && Keys is { Count: > 0 } && !Keys.Any(string.IsNullOrEmpty);

    /// <summary>Names the hook, never a key.</summary>
    public override string ToString() => $"HookSecret {{ WebhookId = {WebhookId} }}";
}

/// <summary>What a partner signs with: one or two secrets in the form of Standard Webhooks, <c>whsec_…</c>.</summary>
/// <param name="Secrets">The secrets: one, or two while one is being replaced.</param>
internal sealed record PartnerSecret(IReadOnlyList<string> Secrets)
{
    /// <summary>Their octets; null when one of them is no secret.</summary>
    internal IReadOnlyList<byte[]>? Keys { get; } = Read(Secrets);

    /// <summary>Nothing of a secret.</summary>
    public override string ToString() => "PartnerSecret(redacted)";

    private static byte[][]? Read(IReadOnlyList<string> secrets)
    {
        byte[][] keys = [.. secrets.Select(StandardWebhook.TryReadSecret).OfType<byte[]>()];
        return keys.Length > 0 && keys.Length == secrets.Count ? keys : null;
    }
}

/// <summary>The hooks and partners of this installation, by the name in their path; kept in Vault, read when
/// used.</summary>
internal sealed class HookSecrets(VaultClient vault, string path)
{
    // By the very text in Vault, so that a changed secret is another entry; the old ones are few.
    private readonly ConcurrentDictionary<string, HookSecret> _hooks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PartnerSecret> _partners = new(StringComparer.Ordinal);

    /// <summary>The secret of a hook.</summary>
    /// <exception cref="FailureException">
    /// <c>not_found</c>: no hook goes by this name; <c>upstream_unavailable</c>: what Vault holds of it is unusable.
    /// </exception>
    internal async Task<HookSecret> GetAsync(string hook, CancellationToken cancellationToken)
    {
        VaultSecret secrets = await vault.ReadKvAsync(path, cancellationToken);
        string text = secrets.TryGet($"alchemy_{hook}")
            ?? throw new FailureException(FailureCode.NotFound, "There is no such hook.");
        HookSecret? secret = Read(_hooks, text, WebhooksJson.Default.HookSecret);
        return secret is { IsSound: true }
            ? secret
            : throw new FailureException(FailureCode.UpstreamUnavailable, "The hook's secret is unusable.");
    }

    /// <summary>The keys of a partner.</summary>
    /// <exception cref="FailureException">
    /// <c>not_found</c>: no partner of this name signs; <c>upstream_unavailable</c>: what Vault holds is unusable.
    /// </exception>
    internal async Task<IReadOnlyList<byte[]>> GetPartnerKeysAsync(string partner, CancellationToken cancellationToken)
    {
        VaultSecret secrets = await vault.ReadKvAsync(path, cancellationToken);
        string text = secrets.TryGet($"partner_{partner}")
            ?? throw new FailureException(FailureCode.NotFound, "There is no such partner.");
        return Read(_partners, text, WebhooksJson.Default.PartnerSecret)?.Keys
            ?? throw new FailureException(FailureCode.UpstreamUnavailable, "The partner's secret is unusable.");
    }

    private static T? Read<T>(ConcurrentDictionary<string, T> known, string text, JsonTypeInfo<T> json)
        where T : class
    {
        if (known.TryGetValue(text, out T? secret))
            return secret;
        try
        {
            secret = JsonSerializer.Deserialize(text, json);
            if (secret is not null)
                known[text] = secret;
            return secret;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
