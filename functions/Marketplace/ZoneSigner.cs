using Souk.Domain.Chain;
using Souk.Platform.Vault;

namespace Souk.Marketplace;

/// <summary>The key whose word the zone contract takes; kept in Vault, read when used.</summary>
internal sealed class ZoneSigner(Func<CancellationToken, Task<VaultSecret>> secrets)
{
    private (int Version, PrivateKey Key)? _last;

    /// <summary>The key, parsed anew when its secret has a new version.</summary>
    internal async ValueTask<PrivateKey> GetKeyAsync(CancellationToken cancellationToken)
    {
        VaultSecret secret = await secrets(cancellationToken);
        if (_last is { } last && last.Version == secret.Version)
            return last.Key;
        PrivateKey key = PrivateKey.Parse(secret["zone_signer_key"]);
        _last = (secret.Version, key);
        return key;
    }
}
