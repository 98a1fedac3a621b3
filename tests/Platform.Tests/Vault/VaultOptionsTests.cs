using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Souk.Platform.Vault;

namespace Souk.Platform.Tests.Vault;

public sealed class VaultOptionsTests
{
    [Fact]
    public void Binds_the_settings_and_takes_the_function_for_the_role()
    {
        VaultOptions options = Bind(
            ("Vault:Address", "http://vault.vault:8200"), ("Vault:LoginMethod", "kubernetes"), ("Vault:KvMount", "kv"));

        Assert.Equal(new Uri("http://vault.vault:8200"), options.Address);
        Assert.Equal("auth", options.Role);
        Assert.Equal("kv", options.KvMount);
        Assert.Equal(TimeSpan.FromMinutes(5), options.KvLifetime);
    }

    [Fact]
    public void Reports_every_error_at_once()
    {
        OptionsValidationException refusal = Assert.Throws<OptionsValidationException>(
            () => Bind(("Vault:LoginMethod", "approle"), ("Vault:KvLifetime", "2.00:00:00")));

        Assert.Contains(refusal.Failures, failure => failure.Contains("Address", StringComparison.Ordinal));
        Assert.Contains(refusal.Failures, failure => failure.Contains("RoleId", StringComparison.Ordinal));
        Assert.Contains(refusal.Failures, failure => failure.Contains("SecretIdPath", StringComparison.Ordinal));
        Assert.Contains(refusal.Failures, failure => failure.Contains("KvLifetime", StringComparison.Ordinal));
    }

    [Fact]
    public void Needs_a_token_for_the_token_login() => Assert.Throws<OptionsValidationException>(
        () => Bind(("Vault:Address", "http://vault:8200"), ("Vault:LoginMethod", "token")));

    private static VaultOptions Bind(params (string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(one => KeyValuePair.Create<string, string?>(one.Key, one.Value)))
            .Build();
        ServiceCollection services = new();
        services.AddVault(configuration, "auth");
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<VaultOptions>>().Value;
    }
}
