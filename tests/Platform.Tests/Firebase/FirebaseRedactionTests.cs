using Souk.Platform.Firebase;

namespace Souk.Platform.Tests.Firebase;

public sealed class FirebaseRedactionTests
{
    private const string Secret = "ada@example.com";

    public static TheoryData<object> SecretBearers =>
    [
        new FirebaseIdentity("uid", Secret, true, DateTimeOffset.UnixEpoch, "password", DateTimeOffset.UnixEpoch),
        new FirebaseMessages.Claims { Email = Secret },
        new FirebaseMessages.ServiceAccount { ClientEmail = Secret, PrivateKey = Secret },
        new FirebaseMessages.Assertion
        {
            Issuer = Secret,
            Scope = Secret,
            Audience = Secret,
            IssuedAtSeconds = 1,
            ExpiresAtSeconds = 2,
        },
        new FirebaseMessages.TokenAnswer { AccessToken = Secret, ExpiresInSeconds = 1 },
    ];

    [Theory]
    [MemberData(nameof(SecretBearers), DisableDiscoveryEnumeration = true)]
    public void Prints_no_secret(object bearer) =>
        Assert.DoesNotContain(Secret, bearer.ToString(), StringComparison.Ordinal);
}
