using System.Text.Json;
using Souk.Domain.Failures;
using Souk.Platform.Vault;

namespace Souk.Webhooks;

/// <summary>What a hook of Alchemy's is known by: its id, and the one or two keys that sign its deliveries.</summary>
/// <param name="WebhookId">The provider's id of the hook, <c>wh_…</c>.</param>
/// <param name="Keys">The signing keys: one, or two while a key is being replaced.</param>
/// <param name="Network">Alchemy's network name: deliveries of custom hooks name none themselves.</param>
internal sealed record HookSecret(string WebhookId, IReadOnlyList<string> Keys, string Network)
{
    /// <summary>Names the hook, never a key.</summary>
    public override string ToString() => $"HookSecret {{ WebhookId = {WebhookId} }}";
}

/// <summary>The hooks of this installation, by the name in their path; kept in Vault and read when used.</summary>
internal sealed class HookSecrets(VaultClient vault, string path)
{
    /// <summary>The secret of a hook.</summary>
    /// <exception cref="FailureException"><c>not_found</c>: no hook goes by this name.</exception>
    internal async Task<HookSecret> GetAsync(string hook, CancellationToken cancellationToken)
    {
        VaultSecret secrets = await vault.ReadKvAsync(path, cancellationToken);
        string text = secrets.TryGet($"alchemy_{hook}")
            ?? throw new FailureException(FailureCode.NotFound, "There is no such hook.");
        return JsonSerializer.Deserialize(text, WebhooksJson.Default.HookSecret)
            ?? throw new FailureException(FailureCode.UpstreamUnavailable, "The hook's secret is unreadable.");
    }
}
