using Souk.Platform.Firebase;

namespace Souk.Platform.Tests.Firebase;

public sealed class FirebaseOptionsTests
{
    [Fact]
    public void Needs_only_the_project() => Assert.Empty(FailuresOf(new FirebaseOptions { ProjectId = "gallery" }));

    [Fact]
    public void Reports_every_error_at_once()
    {
        FirebaseOptions options = new()
        {
            KeysUrl = new Uri("keys", UriKind.Relative),
            TokenUrl = new Uri("token", UriKind.Relative),
            IdentityUrl = new Uri("identity", UriKind.Relative),
        };

        string[] failures = FailuresOf(options);

        foreach (string member in (string[])["ProjectId", "KeysUrl", "TokenUrl", "IdentityUrl"])
            Assert.Contains(failures, failure => failure.Contains(member, StringComparison.Ordinal));
    }

    private static string[] FailuresOf(FirebaseOptions options) =>
        [.. new FirebaseOptionsValidator().Validate("Firebase", options).Failures ?? []];
}
