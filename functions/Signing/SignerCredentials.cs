using Souk.Domain.Failures;
using Souk.Platform.MetaKeep;
using Souk.Platform.Vault;

namespace Souk.Signing;

/// <summary>The signing provider's key and secret of each wallet, kept in Vault and read when used.</summary>
internal sealed class SignerCredentials(Func<CancellationToken, Task<VaultSecret>> secrets)
{
    /// <summary>The credential of the wallet's app.</summary>
    /// <param name="name">What the settings call the wallet.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FailureException"><c>signer_unavailable</c>: it is absent or malformed.</exception>
    internal async Task<MetaKeepCredential> GetAsync(string name, CancellationToken cancellationToken)
    {
        VaultSecret secret = await secrets(cancellationToken);
        if (secret.TryGet($"metakeep_{name}_api_key") is not { } key
            || secret.TryGet($"metakeep_{name}_api_secret") is not { } apiSecret)
        {
            throw Unavailable("Vault holds no MetaKeep key for the signer.");
        }

        try
        {
            return MetaKeepCredential.Parse(key, apiSecret);
        }
        catch (FormatException)
        {
            throw Unavailable("The MetaKeep key in Vault is malformed.");
        }
    }

    private static FailureException Unavailable(string why) =>
        new(new Failure(FailureCode.SignerUnavailable, "The signer is not available.", why));
}
