using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Harness;
using Souk.Local.Outside;
using Souk.Local.Servers;
using Souk.Local.StandIns;
using Souk.Signing;

namespace Souk.Benchmarks;

/// <summary>A world in which Signing has ten wallets on one chain, and a rule that lets an operator pay one
/// address.</summary>
/// <remarks>
/// Another instance of Signing, in this process, signs people in and takes the rule; then it does nothing more. The one
/// that is measured runs on the same database, is asked directly, gets the events that the broker delivers, and speaks
/// to the node without Alchemy's stand-in between.
/// </remarks>
internal sealed class SigningWorld : IAsyncDisposable
{
    /// <summary>How many wallets there are.</summary>
    internal const int Wallets = 10;

    /// <summary>More of one wallet in flight than a run makes: the pool of this node keeps them all.</summary>
    private const int WindowMax = 10_000;

    private const string Function = "signing";
    private static readonly TimeSpan BlockTime = TimeSpan.FromSeconds(1);

    // Half of a block is more than any run fills, so the base fee does not rise.
    private const string BlockGas = "0x77359400";

    private readonly FunctionApp<SigningFunction> _setUp;
    private readonly HttpClient _events = new();
    private readonly Address _recipient = Address.Parse("0x00000000000000000000000000000000000000b0");

    private SigningWorld(World world, FunctionApp<SigningFunction> setUp, SeparateFunction function) =>
        (World, _setUp, Measured) = (world, setUp, function);

    internal World World { get; }

    /// <summary>The Signing that is measured.</summary>
    internal SeparateFunction Measured { get; }

    internal TestDatabase Database => _setUp.Database;

    internal WorldChain Chain => World.Chains[0];

    internal EvmNode Node => Chain.Node;

    /// <summary>What the parties have used of the processor up to now.</summary>
    internal RunCost Cost => RunCost.Read(Measured.ProcessId, World.Database.Server.ProcessId, Node.ProcessId);

    internal static async Task<SigningWorld> StartAsync(string? aheadFolder, CancellationToken cancellationToken)
    {
        WorldOptions options = new()
        {
            Chains = [LocalChain.Ethereum],
            SignersPerChain = Wallets,
            BlockTime = BlockTime,
            Postgres = new LocalPostgresOptions { IsDurable = true },
        };
        World world = await World.StartAsync(options, _ => { }, cancellationToken);
        await world.Chains[0].Node.Rpc.SendAsync("evm_setBlockGasLimit", [BlockGas], cancellationToken);
        FunctionApp<SigningFunction> setUp = await FunctionApp.StartAsync<SigningFunction>(world, cancellationToken);
        SeparateFunction measured = await SeparateFunction.StartAsync(
            world, Function, aheadFolder, Settings(world, setUp.Database), cancellationToken);
        SigningWorld signing = new(world, setUp, measured);
        await signing.AllowAsync(cancellationToken);
        return signing;
    }

    /// <summary>How many requests a second the signing provider takes for one wallet.</summary>
    internal void LimitProvider(int requestsPerSecondMax)
    {
        foreach (MetaKeepApp app in Chain.Signers) app.RequestsPerSecondMax = requestsPerSecondMax;
    }

    /// <summary>An operator who asks the measured Signing for payments by these of its wallets in turn.</summary>
    internal async Task<SigningLoad> SignInAsync(int wallets, CancellationToken cancellationToken)
    {
        TestPerson person = await _setUp.SignInAsync(TokenAudience.Admin, cancellationToken, Role.Operator);
        return new SigningLoad(
            Measured.Place.Url,
            person.Token,
            [.. Chain.Signers.Take(wallets).Select(it => Payment(Chain.NameOf(it)).ToJsonString())]);
    }

    /// <summary>How many transactions of all wallets the chain has mined.</summary>
    internal async Task<long> CountMinedAsync(CancellationToken cancellationToken)
    {
        long count = 0;
        foreach (MetaKeepApp app in Chain.Signers)
        {
            count += (long)RpcConnection.ReadQuantity(await Node.Rpc.SendAsync(
                "eth_getTransactionCount", [app.Wallet.Address.ToString(), "latest"], cancellationToken));
        }

        return count;
    }

    /// <summary>Tells Signing that the chain has a new block; the answer comes when all is done that follows.</summary>
    internal async Task HintAsync()
    {
        JsonObject hint = new() { ["chainId"] = 1, ["blockNumber"] = null };
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(Measured.Place.Url, "events"))
        {
            Content = new StringContent(hint.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("ce-specversion", "1.0");
        request.Headers.Add("ce-id", Guid.NewGuid().ToString());
        request.Headers.Add("ce-source", "/webhooks");
        request.Headers.Add("ce-type", "souk.chain.hinted.v1");
        using HttpResponseMessage answer = await _events.SendAsync(request, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _events.Dispose();
        await Measured.DisposeAsync();
        await _setUp.DisposeAsync();
        await World.DisposeAsync();
    }

    private static Dictionary<string, string> Settings(World world, TestDatabase database)
    {
        Dictionary<string, string> settings = new()
        {
            ["Postgres__Database"] = database.Name,
            ["Chains__0__RpcUrl"] = world.Chains[0].Node.RpcUrl.ToString(),
        };
        for (int i = 0; i < Wallets; i++)
        {
            settings[string.Create(CultureInfo.InvariantCulture, $"Signers__{i}__WindowMax")] =
                WindowMax.ToString(CultureInfo.InvariantCulture);
        }

        return settings;
    }

    /// <summary>Has the rule proposed by one and approved by another.</summary>
    private async Task AllowAsync(CancellationToken cancellationToken)
    {
        TestPerson one = await _setUp.SignInAsync(TokenAudience.Admin, cancellationToken, Role.Operator);
        TestPerson other = await _setUp.SignInAsync(TokenAudience.Admin, cancellationToken, Role.Operator);
        ApiAnswer proposed = await one.Api.PostAsync("/v1/policies", Rule().ToJsonString(), cancellationToken);
        JsonObject version = new() { ["version"] = 1 };
        string path = $"/v1/policies/{proposed.Json.GetProperty("id").GetString()}/approve";
        ApiAnswer approved = await other.Api.PostAsync(path, version.ToJsonString(), cancellationToken);
        if (approved.Status != 200) throw new InvalidOperationException($"The rule was not approved: {approved.Code}.");
    }

    private JsonObject Rule()
    {
        JsonObject Cap() => new() { ["countMax"] = 100_000_000, ["valueMax"] = "1000000000000000000" };
        return new JsonObject
        {
            ["ruleId"] = null,
            ["isEnabled"] = true,
            ["title"] = "Pay one address",
            ["chainId"] = 1,
            ["contracts"] = new JsonArray(_recipient.ToString()),
            ["function"] = null,
            ["arguments"] = new JsonArray(),
            ["nativeValueMax"] = "1",
            ["roles"] = new JsonArray("operator"),
            ["window"] = null,
            ["hourly"] = Cap(),
            ["daily"] = Cap(),
        };
    }

    private JsonObject Payment(string signer) => new()
    {
        ["chainId"] = 1,
        ["to"] = _recipient.ToString(),
        ["data"] = "0x",
        ["valueWei"] = "1",
        ["description"] = "Bench.",
        ["signer"] = signer,
    };
}
