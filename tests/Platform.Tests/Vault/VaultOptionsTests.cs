using Microsoft.Extensions.Configuration;
using Souk.Platform.Vault;

namespace Souk.Platform.Tests.Vault;

public sealed class VaultOptionsTests
{
    [Fact]
    public void Binds_the_settings()
    {
        VaultOptions options = Bind(
            ("Vault:Address", "http://vault.vault:8200"), ("Vault:LoginMethod", "kubernetes"), ("Vault:KvMount", "kv"));
        options.Role ??= "auth";

        Assert.Empty(FailuresOf(options));
        Assert.Equal(new Uri("http://vault.vault:8200"), options.Address);
        Assert.Equal(VaultLoginMethod.Kubernetes, options.LoginMethod);
        Assert.Equal("kv", options.KvMount);
        Assert.Equal(TimeSpan.FromMinutes(5), options.KvLifetime);
    }

    [Fact]
    public void Reports_every_error_at_once()
    {
        string[] failures = FailuresOf(
            Bind(("Vault:LoginMethod", "approle"), ("Vault:KvLifetime", "2.00:00:00"), ("Vault:KvMount", "")));

        foreach (string member in (string[])["Address", "RoleId", "SecretIdPath", "KvLifetime", "KvMount"])
            Assert.Contains(failures, failure => failure.Contains(member, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kubernetes", "Role")]
    [InlineData("token", "Token")]
    public void Needs_what_the_login_needs(string method, string member)
    {
        string[] failures = FailuresOf(Bind(("Vault:Address", "http://vault:8200"), ("Vault:LoginMethod", method)));

        Assert.Contains(member, Assert.Single(failures), StringComparison.Ordinal);
    }

    private static VaultOptions Bind(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(one => KeyValuePair.Create<string, string?>(one.Key, one.Value)))
        .Build()
        .GetSection("Vault")
        .Get<VaultOptions>()!;

    private static string[] FailuresOf(VaultOptions options) =>
        [.. new VaultOptionsValidator().Validate("Vault", options).Failures ?? []];
}
