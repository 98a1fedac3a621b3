using System.Text.Json;
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

/// <summary>The hooks of this installation, by the name in their path; kept in Vault and read when used.</summary>
internal sealed class HookSecrets(VaultClient vault, string path)
{
    /// <summary>The secret of a hook.</summary>
    /// <exception cref="FailureException">
    /// <c>not_found</c>: no hook goes by this name; <c>upstream_unavailable</c>: what Vault holds of it is unusable.
    /// </exception>
    internal async Task<HookSecret> GetAsync(string hook, CancellationToken cancellationToken)
    {
        VaultSecret secrets = await vault.ReadKvAsync(path, cancellationToken);
        string text = secrets.TryGet($"alchemy_{hook}")
            ?? throw new FailureException(FailureCode.NotFound, "There is no such hook.");
        return Read(text) is { IsSound: true } secret
            ? secret
            : throw new FailureException(FailureCode.UpstreamUnavailable, "The hook's secret is unusable.");
    }

    private static HookSecret? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, WebhooksJson.Default.HookSecret);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
