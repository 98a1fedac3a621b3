using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Souk.Harness;
using Souk.Platform.Hosting;
using Souk.Platform.Randomness;

namespace Souk.Platform.Tests.Hosting;

public sealed class FunctionHostTests(EdgeApp edge) : IClassFixture<EdgeApp>
{
    [Theory]
    [InlineData("health/liveness")]
    [InlineData("health/readiness")]
    public async Task Answers_probes_to_anybody(string path)
    {
        ApiAnswer answer = await edge.GetAsync(path);

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public void Refuses_to_start_and_names_every_fault_of_every_section()
    {
        Dictionary<string, string?> wrong = new()
        {
            ["PORT"] = "80a",
            ["Host:Bind"] = "everywhere",
            ["Vault:Address"] = "http://vault",
            ["Vault:LoginMethod"] = "guessing",
            ["Postgres:Host"] = "db",
            ["Postgres:Port"] = "many",
            ["Redis:Endpoint"] = "",
            ["Redis:CommandTimeout"] = "1.00:00:00",
            ["Site:Domain"] = "market.example",
        };

        string[] named =
        [
            "Broker: the section is missing.", "Host: Bind is no IP address.", "PORT: it is no port number.",
            "'Postgres:Port'", "CommandTimeout must lie between 00:00:00.010 and 00:00:05.", "Redis.Endpoint",
            "Site.Issuer", "Site.Uri", "'Vault:LoginMethod'",
        ];

        string[] faults = FaultsOf(wrong);

        Assert.All(named, name => Assert.Single(faults, fault => fault.Contains(name, StringComparison.Ordinal)));
        Assert.Equal(named.Length, faults.Length);
    }

    [Theory]
    [InlineData("Host:RequestTimeout", "00:10:00", "Host")]
    [InlineData("Host:BodyBytesMax", "1", "Host")]
    [InlineData("Host:StopTimeout", "soon", "Host:StopTimeout")]
    [InlineData("Postgres:PoolSizeMax", "0", "Postgres")]
    [InlineData("Broker:Url", "not a url", "Broker")]
    [InlineData("Broker:Url", "ftp://broker/", "Broker")]
    [InlineData("Site:Uri", "/", "Site")]
    [InlineData("PORT", "65536", "PORT")]
    [InlineData("PORT", "-1", "PORT")]
    public void Refuses_a_setting_out_of_its_bounds(string name, string value, string named)
    {
        Dictionary<string, string?> settings = Sound();
        settings[name] = value;

        string fault = Assert.Single(FaultsOf(settings));

        Assert.Contains(named, fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listens_where_PORT_says()
    {
        Dictionary<string, string?> settings = Sound();
        settings["PORT"] = "0";
        settings["Host:Bind"] = "127.0.0.1";
        await using WebApplication app = Build(settings);

        await app.StartAsync(TestContext.Current.CancellationToken);
        Uri url = new(app.Urls.Single());
        await app.StopAsync(CancellationToken.None);

        Assert.Equal("127.0.0.1", url.Host);
        Assert.NotEqual(0, url.Port);
    }

    [Fact]
    public void Reads_the_settings_file_under_the_environment_under_the_arguments()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("souk-settings-").FullName, "settings.json");
        File.WriteAllText(path, """{"Site":{"Domain":"of the file","Issuer":"of the file"}}""");

        IConfiguration read = FunctionHost.ReadConfiguration([$"--SETTINGS={path}", "--Site:Domain=of the arguments"]);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        Assert.Equal("of the arguments", read["Site:Domain"]);
        Assert.Equal("of the file", read["Site:Issuer"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{ no json")]
    public void Refuses_a_settings_file_that_is_absent_or_no_json(string? text)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("souk-settings-");
        string path = Path.Combine(folder.FullName, "settings.json");
        if (text is not null)
            File.WriteAllText(path, text);

        OptionsValidationException refusal = Assert.Throws<OptionsValidationException>(
            () => FunctionHost.ReadConfiguration([$"--SETTINGS={path}"]));
        folder.Delete(recursive: true);

        Assert.StartsWith("SETTINGS: ", Assert.Single(refusal.Failures), StringComparison.Ordinal);
    }

    private static string[] FaultsOf(Dictionary<string, string?> settings) =>
        [.. Assert.Throws<OptionsValidationException>(() => { Build(settings); }).Failures];

    private static WebApplication Build(Dictionary<string, string?> settings) => FunctionHost.Build<EdgeFunction>(
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TimeProvider.System, EntropySource.System);

    // Nobody listens at these: a function starts without its world, and each request says what is missing.
    private static Dictionary<string, string?> Sound() => new()
    {
        ["Vault:Address"] = "http://127.0.0.1:9",
        ["Vault:LoginMethod"] = "token",
        ["Vault:Token"] = "any",
        ["Postgres:Host"] = "127.0.0.1",
        ["Postgres:Database"] = "souk",
        ["Broker:Url"] = "http://127.0.0.1:9",
        ["Redis:Endpoint"] = "127.0.0.1:9",
        ["Site:Domain"] = "market.example",
        ["Site:Uri"] = "https://market.example",
        ["Site:Issuer"] = "https://market.example",
    };
}
