using System.Text.Json;
using System.Text.RegularExpressions;
using Souk.Domain.Chain;

namespace Souk.Local.Servers;

/// <summary>Creation bytecode: of our contracts from shared/Contracts, of Seaport from the npm package that ships
/// it.</summary>
public sealed partial class ContractArtifacts
{
    private const string Factories = "@opensea/seaport-js/lib/typechain-types/factories";

    private readonly string _folder;

    private ContractArtifacts(string folder) => _folder = folder;

    /// <summary>Seaport 1.6; its one argument is the conduit controller.</summary>
    public byte[] Seaport => ReadShipped("seaport/contracts/Seaport");

    /// <summary>Seaport's conduit controller, as built for local chains; no arguments.</summary>
    public byte[] ConduitController =>
        ReadShipped("seaport/contracts/conduit/ConduitController.sol/LocalConduitController");

    /// <summary>An ERC-1155 in which anybody mints: mint(address,uint256,uint256).</summary>
    public byte[] TestErc1155 => ReadShipped("src/contracts/test/TestERC1155");

    /// <summary>An ERC-20 in which anybody mints: mint(address,uint256).</summary>
    public byte[] TestErc20 => ReadShipped("src/contracts/test/TestERC20");

    /// <summary>Finds the package, installing it the first time.</summary>
    public static async Task<ContractArtifacts> ReadSeaportAsync(CancellationToken cancellationToken)
    {
        string modules = await ChainPackages.EnsureAsync(_ => { }, cancellationToken);
        return new ContractArtifacts(Path.Combine(modules, Factories));
    }

    /// <summary>One of our contracts, by the name of its file in shared/Contracts.</summary>
    public static byte[] ReadOwn(string contract)
    {
        string resource = $"contracts/{contract}.json";
        using Stream stream = typeof(ContractArtifacts).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"Build shared/Contracts: there is no artefact of {contract}.");
        using JsonDocument artifact = JsonDocument.Parse(stream);
        return Hex.Decode(artifact.RootElement.GetProperty("bytecode").GetString());
    }

    private byte[] ReadShipped(string factory)
    {
        string path = Path.Combine(_folder, $"{factory}__factory.js");
        Match match = BytecodeLiteral().Match(File.ReadAllText(path));
        return match.Success
            ? Hex.Decode(match.Groups["code"].Value)
            : throw new InvalidOperationException($"{path} holds no bytecode.");
    }

    [GeneratedRegex("""_bytecode\s*=\s*"(?<code>0x[0-9a-f]+)";""", RegexOptions.CultureInvariant)]
    private static partial Regex BytecodeLiteral();
}
