using System.Security.Cryptography;
using Souk.Domain.Failures;
using Souk.Platform.Vault;

namespace Souk.Platform.Tests.Vault;

public sealed class VaultTransitTests : VaultTests
{
    private static readonly byte[] Input = "header.payload"u8.ToArray();

    [Fact]
    public async Task Signs_so_that_the_public_key_of_the_newest_version_verifies()
    {
        VaultClient client = ClientWithSigningKey();

        byte[] signature = await client.SignAsync("access-token", Input, Token);

        IReadOnlyDictionary<int, byte[]> keys = await client.ReadPublicKeysAsync("access-token", Token);
        Assert.Equal(64, signature.Length);
        Assert.True(Verifies(keys[1], signature));
        Assert.True(await client.VerifyAsync("access-token", Input, signature, 1, Token));
        Assert.False(await client.VerifyAsync("access-token", "other"u8.ToArray(), signature, 1, Token));
    }

    [Fact]
    public async Task Signs_with_the_version_that_is_asked_for()
    {
        VaultClient client = ClientWithSigningKey();
        Bench.StandIn.RotateTransitKey("access-token");

        byte[] signature = await client.SignAsync("access-token", Input, keyVersion: 1, Token);

        IReadOnlyDictionary<int, byte[]> keys = await client.ReadPublicKeysAsync("access-token", Token);
        Assert.Equal([1, 2], keys.Keys.Order());
        Assert.True(Verifies(keys[1], signature));
        Assert.False(Verifies(keys[2], signature));
    }

    [Fact]
    public async Task Refuses_to_sign_with_a_version_that_was_retired()
    {
        VaultClient client = ClientWithSigningKey();
        Bench.StandIn.RotateTransitKey("access-token");
        Bench.StandIn.SetMinDecryptionVersion("access-token", 2);

        await Assert.ThrowsAsync<FailureException>(() => client.SignAsync("access-token", Input, 1, Token));

        Assert.Equal([2], (await client.ReadPublicKeysAsync("access-token", Token)).Keys);
    }

    [Fact]
    public async Task Reads_public_keys_once_until_a_new_version_is_asked_for()
    {
        VaultClient client = ClientWithSigningKey();
        await client.ReadPublicKeysAsync("access-token", Token);
        Bench.StandIn.RotateTransitKey("access-token");
        Bench.Clock.Advance(VaultClient.PublicKeysPause);
        Assert.Single(await client.ReadPublicKeysAsync("access-token", Token));

        IReadOnlyDictionary<int, byte[]> fresh =
            await client.ReadPublicKeysAsync("access-token", forceFresh: true, Token);

        Assert.Equal(2, fresh.Count);
        Assert.Equal(2, Bench.CallsTo("transit/keys/access-token"));
    }

    [Fact]
    public async Task Does_not_let_forged_key_ids_flood_vault()
    {
        VaultClient client = ClientWithSigningKey();
        await client.ReadPublicKeysAsync("access-token", Token);

        for (int forged = 0; forged < 20; forged++)
            await client.ReadPublicKeysAsync("access-token", forceFresh: true, Token);

        Assert.Equal(1, Bench.CallsTo("transit/keys/access-token"));
    }

    [Fact]
    public async Task Encrypts_and_decrypts_across_a_rotation()
    {
        VaultClient client = ClientWithCipherKey();
        string first = await client.EncryptAsync("wallet", Input, "row-7"u8.ToArray(), Token);
        Bench.StandIn.RotateTransitKey("wallet");

        string second = await client.EncryptAsync("wallet", Input, "row-7"u8.ToArray(), Token);

        Assert.StartsWith("vault:v1:", first, StringComparison.Ordinal);
        Assert.StartsWith("vault:v2:", second, StringComparison.Ordinal);
        Assert.Equal(Input, await client.DecryptAsync("wallet", first, "row-7"u8.ToArray(), Token));
        Assert.Equal(Input, await client.DecryptAsync("wallet", second, "row-7"u8.ToArray(), Token));
    }

    [Fact]
    public async Task Refuses_a_ciphertext_moved_to_another_row()
    {
        VaultClient client = ClientWithCipherKey();
        string ciphertext = await client.EncryptAsync("wallet", Input, "row-7"u8.ToArray(), Token);

        FailureException refusal = await Assert.ThrowsAsync<FailureException>(
            () => client.DecryptAsync("wallet", ciphertext, "row-8"u8.ToArray(), Token));

        Assert.Equal(FailureCode.UpstreamUnavailable, refusal.Failure.Code);
    }

    [Fact]
    public async Task Makes_a_data_key_and_unwraps_it_again()
    {
        VaultClient client = ClientWithCipherKey();

        VaultDataKey dataKey = await client.CreateDataKeyAsync("wallet", Token);

        Assert.Equal(32, dataKey.Plaintext.Length);
        Assert.Equal(
            dataKey.Plaintext,
            await client.DecryptAsync("wallet", dataKey.Ciphertext, ReadOnlyMemory<byte>.Empty, Token));
    }

    private VaultClient ClientWithSigningKey()
    {
        Bench.StandIn.CreateTransitKey("access-token", "ecdsa-p256");
        return Bench.NewClient();
    }

    private VaultClient ClientWithCipherKey()
    {
        Bench.StandIn.CreateTransitKey("wallet", "aes256-gcm96");
        return Bench.NewClient();
    }

    private static bool Verifies(byte[] publicKey, byte[] signature)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.VerifyData(Input, signature, HashAlgorithmName.SHA256);
    }
}
