using Souk.Domain.Failures;
using Souk.Platform.Vault;

namespace Souk.Platform.MetaKeep;

/// <summary>The keys and secrets of the apps that a function may use, kept in Vault and read when used.</summary>
/// <param name="secrets">Reads the function's own secrets, where an app's are <c>metakeep_{name}_api_key</c> and
/// <c>metakeep_{name}_api_secret</c>.</param>
public sealed class MetaKeepCredentials(Func<CancellationToken, Task<VaultSecret>> secrets)
{
    /// <summary>The credential of an app.</summary>
    /// <param name="app">What the operator calls it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FailureException"><c>signer_unavailable</c>: it is absent or malformed.</exception>
    public async Task<MetaKeepCredential> GetAsync(string app, CancellationToken cancellationToken)
    {
        VaultSecret secret = await secrets(cancellationToken);
        if (secret.TryGet($"metakeep_{app}_api_key") is not { } key
            || secret.TryGet($"metakeep_{app}_api_secret") is not { } apiSecret)
        {
            throw MetaKeepFailures.NoCredential($"Vault holds no MetaKeep key of {app}.");
        }

        try
        {
            return MetaKeepCredential.Parse(key, apiSecret);
        }
        catch (FormatException)
        {
            throw MetaKeepFailures.NoCredential($"The MetaKeep key of {app} in Vault is malformed.");
        }
    }
}
