using Souk.Local.Servers;

namespace Souk.Local.Tests.Contracts;

public sealed class ContractArtifactsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_committed_artefacts_are_what_the_pinned_compiler_makes_of_the_sources()
    {
        string contracts = Path.Combine(RepositoryRoot(), "shared", "Contracts");
        await NpmPackages.EnsureAsync(contracts, _ => { }, Token);
        DirectoryInfo made = Directory.CreateTempSubdirectory("souk-contracts-");
        LeashedCommand command = new("node", [Path.Combine(contracts, "build.mjs"), made.FullName]);

        await using LeashedProcess build = await LeashedProcess.StartAsync(command, Token);
        int exitCode = await build.Completion.WaitAsync(Token);

        Assert.True(exitCode == 0, string.Join('\n', build.RecentOutput));
        Assert.Equal(Read(made.FullName), Read(Path.Combine(contracts, "artifacts")));
        made.Delete(recursive: true);
    }

    [Theory]
    [InlineData("SoukZone")]
    [InlineData("DemoCollection")]
    [InlineData("DemoContractWallet")]
    [InlineData("DemoWeth")]
    public void Our_own_bytecode_is_read_from_the_build(string contract) =>
        Assert.NotEmpty(ContractArtifacts.ReadOwn(contract));

    private static SortedDictionary<string, string> Read(string folder) =>
        new(Directory.GetFiles(folder).ToDictionary(path => Path.GetFileName(path), File.ReadAllText),
            StringComparer.Ordinal);

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Functions.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
