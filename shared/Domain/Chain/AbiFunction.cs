namespace Souk.Domain.Chain;

/// <summary>A function of a contract, or one of its errors, for both are called alike.</summary>
/// <remarks>Source: Solidity ABI specification, "Function Selector and Argument Encoding".</remarks>
public sealed class AbiFunction
{
    private AbiFunction(string name, IReadOnlyList<AbiParameter> parameters)
    {
        Name = name;
        Inputs = [.. parameters.Select(static it => it.Type)];
        InputNames = [.. parameters.Select(static it => it.Name)];
        Signature = $"{name}({string.Join(',', Inputs)})";
        Selector = Selector.OfSignature(Signature);
    }

    /// <summary>The name before the parenthesis.</summary>
    public string Name { get; }

    /// <summary>The types of the arguments.</summary>
    public IReadOnlyList<AbiType> Inputs { get; }

    /// <summary>What people call each argument, in order; null where the signature that was read names none.</summary>
    public IReadOnlyList<string?> InputNames { get; }

    /// <summary>The canonical text, without spaces and names.</summary>
    public string Signature { get; }

    /// <summary>The first four octets of Keccak-256 of the signature.</summary>
    public Selector Selector { get; }

    /// <summary>Reads <c>mint(address,uint256)</c>; argument names and a space after a comma are allowed.</summary>
    /// <exception cref="FormatException">The text is no signature.</exception>
    public static AbiFunction Parse(string signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        (string name, IReadOnlyList<AbiParameter> parameters) = AbiTypeParser.ParseSignature(signature);
        if (parameters.Any(static it => it.IsIndexed))
            throw new FormatException("Only events have indexed parameters.");
        return new AbiFunction(name, parameters);
    }

    /// <summary>The call data: selector and arguments.</summary>
    /// <exception cref="FormatException">The count differs, or an argument does not fit its type.</exception>
    public byte[] Encode(params AbiValue[] arguments) =>
        [.. Selector.ToArray(), .. AbiCodec.Encode(Inputs, arguments)];

    /// <summary>Reads call data that <see cref="Encode"/> would write to the octet.</summary>
    /// <remarks>
    /// A policy decides on what it read: so there must be no second reading, and nothing between or behind the
    /// arguments that was not read.
    /// </remarks>
    /// <returns>False for another function, and for any other encoding of the same arguments.</returns>
    public bool TryDecode(ReadOnlyMemory<byte> calldata, out AbiValue[] arguments)
    {
        arguments = [];
        if (calldata.Length < Selector.Length || Selector.Of(calldata.Span) != Selector) return false;

        try
        {
            AbiValue[] values = AbiCodec.Decode(Inputs, calldata[Selector.Length..]);
            if (!Encode(values).AsSpan().SequenceEqual(calldata.Span)) return false;
            arguments = values;
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>The canonical signature.</summary>
    public override string ToString() => Signature;
}
