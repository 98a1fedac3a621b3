using System.Diagnostics.CodeAnalysis;
using Souk.Domain.Chain;

namespace Souk.Signing;

/// <summary>A function that people's embedded wallets may call through the platform, which pays its gas.</summary>
internal sealed class ConsentOptions
{
    /// <summary>The chain.</summary>
    public long ChainId { get; set; }

    /// <summary>The contract, imported at MetaKeep; 0x text.</summary>
    public string Contract { get; set; } = "";

    /// <summary>The function, as in <c>transfer(address,uint256)</c>.</summary>
    public string Function { get; set; } = "";
}

/// <summary>What people may be asked to consent to, from <c>Consents[]</c>; what is not named is refused.</summary>
internal sealed class ConsentRules
{
    private readonly Dictionary<(ChainId Chain, Address Contract, Selector Selector), AbiFunction> _functions = [];

    /// <summary>The rules of the settings; each fault is told, and a faulty rule allows nothing.</summary>
    internal static ConsentRules Create(IReadOnlyList<ConsentOptions> options, Action<string> fault)
    {
        ConsentRules rules = new();
        for (int i = 0; i < options.Count; i++)
        {
            ConsentOptions o = options[i];
            if (o.ChainId <= 0 || !Address.TryParse(o.Contract, out Address contract))
                fault($"Consents[{i}]: give a chain id and a contract's 0x address.");
            else if (!TryParse(o.Function, out AbiFunction? function))
                fault($"Consents[{i}]:Function: give a signature such as transfer(address,uint256).");
            else
                rules._functions[(new ChainId((ulong)o.ChainId), contract, function.Selector)] = function;
        }

        return rules;
    }

    /// <summary>Reads a call that a rule names, to the octet.</summary>
    internal bool TryRead(
        ChainId chain,
        Address contract,
        ReadOnlyMemory<byte> data,
        [NotNullWhen(true)] out AbiFunction? function,
        out AbiValue[] arguments)
    {
        (function, arguments) = (null, []);
        return data.Length >= Selector.Length
            && _functions.TryGetValue((chain, contract, Selector.Of(data.Span)), out function)
            && function.TryDecode(data, out arguments);
    }

    private static bool TryParse(string text, [NotNullWhen(true)] out AbiFunction? function)
    {
        try
        {
            function = AbiFunction.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            function = null;
            return false;
        }
    }
}
