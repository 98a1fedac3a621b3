using System.Globalization;
using System.Text.RegularExpressions;
using Souk.Domain.Chain;
using Souk.Domain.Failures;

namespace Souk.Signing;

/// <summary>One wallet of the platform, its settings checked and typed.</summary>
/// <param name="Name">What requests and Vault call it.</param>
/// <param name="ChainId">The chain it sends on.</param>
/// <param name="WindowMax">How many of its nonces may wait for the chain at once.</param>
/// <param name="BalanceMin">Below how much native coin it is announced to run dry; zero: never.</param>
internal sealed record SignerSettings(string Name, ChainId ChainId, int WindowMax, Wei BalanceMin);

/// <summary>The wallets of this installation, by name and by chain.</summary>
internal sealed partial class SignerRegistry
{
    /// <summary>More waiting at once than any public node keeps for one account.</summary>
    private const int WindowLimit = 10_000;

    private readonly Dictionary<string, SignerSettings> _signers;

    private SignerRegistry(IReadOnlyList<SignerSettings> signers)
    {
        All = signers;
        _signers = signers.ToDictionary(signer => signer.Name, StringComparer.Ordinal);
    }

    /// <summary>Every wallet, in the order of the settings file.</summary>
    internal IReadOnlyList<SignerSettings> All { get; }

    /// <summary>The registry of the wallets that the settings name.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="chains">The ids of the chains that the settings name.</param>
    /// <param name="fault">Told of each fault; a faulty wallet is left out.</param>
    internal static SignerRegistry Create(
        IReadOnlyList<SignerOptions> options, IReadOnlySet<string> chains, Action<string> fault)
    {
        List<SignerSettings> signers = [];
        HashSet<string> names = [];
        for (int i = 0; i < options.Count; i++)
        {
            SignerOptions o = options[i];
            bool isAmount = Wei.TryParse(o.BalanceWeiMin, CultureInfo.InvariantCulture, out Wei balanceMin);
            bool hasChain = chains.Contains(o.ChainId.ToString(CultureInfo.InvariantCulture));
            if (!NameForm().IsMatch(o.Name))
                fault($"Signers[{i}]:Name: give 1 to 32 lower-case letters, digits and hyphens.");
            else if (!names.Add(o.Name))
                fault($"Signers: {o.Name} stands more than once.");
            else if (!hasChain)
                fault($"Signers[{i}]:ChainId: give the id of one of Chains[].");
            else if (o.WindowMax is < 1 or > WindowLimit)
                fault($"Signers[{i}]:WindowMax: give 1 to {WindowLimit}.");
            else if (!isAmount)
                fault($"Signers[{i}]:BalanceWeiMin: give an amount in wei as decimal text.");
            else
                signers.Add(new SignerSettings(o.Name, new ChainId((ulong)o.ChainId), o.WindowMax, balanceMin));
        }

        return new SignerRegistry(signers);
    }

    /// <summary>The wallet that a request names, or its chain's first.</summary>
    /// <exception cref="FailureException"><c>signer_unavailable</c>: the chain has no such wallet.</exception>
    internal SignerSettings Get(ChainId chain, string? name)
    {
        SignerSettings? found = name is null
            ? All.FirstOrDefault(signer => signer.ChainId == chain)
            : _signers.GetValueOrDefault(name);
        return found is not null && found.ChainId == chain
            ? found
            : throw new FailureException(FailureCode.SignerUnavailable, "The chain has no such signer.");
    }

    /// <summary>The wallet of this name; null when the settings do not name it any more.</summary>
    internal SignerSettings? Find(string? name) => name is null ? null : _signers.GetValueOrDefault(name);

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,31}$", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
