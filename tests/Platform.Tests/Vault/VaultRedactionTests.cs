using System.Globalization;
using Souk.Platform.Vault;

namespace Souk.Platform.Tests.Vault;

public sealed class VaultRedactionTests
{
    private const string Secret = "s3cr3t";

    public static TheoryData<object> SecretBearers =>
    [
        new VaultSecret("auth", 1, new Dictionary<string, string> { [Secret] = Secret }),
        new DatabaseCredential("auth", Secret),
        new VaultDataKey([7, 7, 7], Secret),
        new VaultToken(Secret, isRenewable: true, leaseSeconds: 60),
        SecretLease.Begin(Secret, DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(1)),
        new VaultOptions { Token = Secret },
        new VaultMessages.KubernetesLogin { Role = "auth", Jwt = Secret },
        new VaultMessages.AppRoleLogin { RoleId = "auth", SecretId = Secret },
        new VaultMessages.Auth { ClientToken = Secret, LeaseDuration = 1 },
        new VaultMessages.StaticCredential { Username = "auth", Password = Secret, Ttl = 1 },
        new VaultMessages.CipherRequest { Plaintext = Secret },
        new VaultMessages.Transit { Plaintext = Secret },
    ];

    [Theory]
    [MemberData(nameof(SecretBearers), DisableDiscoveryEnumeration = true)]
    public void Prints_no_secret(object bearer)
    {
        Assert.DoesNotContain(Secret, bearer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            Secret, string.Create(CultureInfo.InvariantCulture, $"{bearer}"), StringComparison.Ordinal);
    }
}
