using Souk.Domain.Chain;
using Souk.Platform.Vault;

namespace Souk.Marketplace;

/// <summary>The key whose word the zone contract takes; kept in Vault, read when used.</summary>
internal sealed class ZoneSigner(Func<CancellationToken, Task<VaultSecret>> secrets)
{
    private Parsed? _last;

    /// <summary>The key, parsed anew when its secret has a new version.</summary>
    internal async ValueTask<PrivateKey> GetKeyAsync(CancellationToken cancellationToken)
    {
        VaultSecret secret = await secrets(cancellationToken);
        Parsed? last = _last;
        if (last?.Version != secret.Version)
            _last = last = new Parsed(secret.Version, PrivateKey.Parse(secret["zone_signer_key"]));
        return last.Key;
    }

    /// <summary>Version and key in one reference, which another thread sees whole or not at all.</summary>
    private sealed record Parsed(int Version, PrivateKey Key);
}
