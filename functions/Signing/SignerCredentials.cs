using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Platform.MetaKeep;
using Souk.Platform.Vault;

namespace Souk.Signing;

/// <summary>The signing provider's key and secret of each chain, kept in Vault and read when used.</summary>
internal sealed class SignerCredentials(Func<CancellationToken, Task<VaultSecret>> secrets)
{
    /// <summary>The credential of the chain's app.</summary>
    /// <exception cref="FailureException"><c>signer_unavailable</c>: it is absent or malformed.</exception>
    internal async Task<MetaKeepCredential> GetAsync(ChainId chain, CancellationToken cancellationToken)
    {
        VaultSecret secret = await secrets(cancellationToken);
        if (secret.TryGet($"metakeep_{chain}_api_key") is not { } key
            || secret.TryGet($"metakeep_{chain}_api_secret") is not { } apiSecret)
        {
            throw Unavailable("Vault holds no MetaKeep key for the chain.");
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
        new(new Failure(FailureCode.SignerUnavailable, "The chain has no signer.", why));
}
