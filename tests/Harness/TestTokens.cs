using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Souk.Local.Outside;
using Souk.Platform.Http;
using Souk.Platform.Vault;

namespace Souk.Harness;

/// <summary>Signs access tokens with the key that Auth signs with, whatever they claim.</summary>
public sealed class TestTokens : IDisposable
{
    private readonly VaultClient _vault;

    /// <summary>Signs as Vault's operator.</summary>
    public TestTokens(World world)
    {
        VaultOptions options = new()
        {
            Address = world.Vault.Url,
            LoginMethod = VaultLoginMethod.Token,
            Token = world.Vault.RootToken,
        };
        _vault = VaultRegistration.CreateClient(options, TimeProvider.System, NullLogger<VaultClient>.Instance);
    }

    /// <summary>Signs what a token of any header and payload is made of, with the newest version of the key.</summary>
    public Task<byte[]> SignAsync(string signingInput, CancellationToken cancellationToken) =>
        _vault.SignAsync(AccessTokenVerifier.TransitKey, Encoding.ASCII.GetBytes(signingInput), cancellationToken);

    /// <summary>The compact token.</summary>
    public async Task<string> SignAsync(AccessTokenClaims claims, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<int, byte[]> keys =
            await _vault.ReadPublicKeysAsync(AccessTokenVerifier.TransitKey, cancellationToken);
        int version = keys.Keys.Max();
        string header = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"alg":"ES256","kid":"{{AccessTokenVerifier.TransitKey}}:{{version}}","typ":"at+jwt"}""");
        string input = JsonWebToken.ComposeSigningInput(
            Encoding.ASCII.GetBytes(header),
            JsonSerializer.SerializeToUtf8Bytes(claims, AccessTokenJson.Default.AccessTokenClaims));
        byte[] signature = await _vault.SignAsync(
            AccessTokenVerifier.TransitKey, Encoding.ASCII.GetBytes(input), version, cancellationToken);
        return JsonWebToken.Compose(input, signature);
    }

    /// <inheritdoc/>
    public void Dispose() => _vault.Dispose();
}
