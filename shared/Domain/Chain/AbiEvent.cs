namespace Souk.Domain.Chain;

/// <summary>An event of a contract.</summary>
/// <remarks>
/// Source: Solidity ABI specification, "Events". The first topic does not say which parameters are indexed:
/// ERC-20 and ERC-721 share the one of <c>Transfer</c> and differ only in the number of topics, so a log of the
/// other is refused here.
/// </remarks>
public sealed class AbiEvent
{
    private readonly IReadOnlyList<AbiParameter> _parameters;
    private readonly IReadOnlyList<AbiType> _dataTypes;

    private AbiEvent(string name, IReadOnlyList<AbiParameter> parameters)
    {
        _parameters = parameters;
        _dataTypes = [.. parameters.Where(static it => !it.IsIndexed).Select(static it => it.Type)];
        Name = name;
        Signature = $"{name}({string.Join(',', parameters.Select(static it => it.Type))})";
        Topic0 = Keccak256.HashText(Signature);
    }

    /// <summary>The name before the parenthesis.</summary>
    public string Name { get; }

    /// <summary>The canonical text, without spaces, names and <c>indexed</c>.</summary>
    public string Signature { get; }

    /// <summary>Keccak-256 of the signature: the first topic of each such log.</summary>
    public Bytes32 Topic0 { get; }

    /// <summary>Reads <c>Transfer(address indexed,address indexed,uint256 indexed)</c>; names are allowed.</summary>
    /// <exception cref="FormatException">The text is no signature, or indexes more than three parameters.</exception>
    public static AbiEvent Parse(string signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        (string name, IReadOnlyList<AbiParameter> parameters) = AbiTypeParser.ParseSignature(signature);
        if (parameters.Count(static it => it.IsIndexed) > 3)
            throw new FormatException("An event has at most three indexed parameters.");
        return new AbiEvent(name, parameters);
    }

    /// <summary>Reads a log; the values come in the order of the signature.</summary>
    /// <param name="topics">All topics of the log, the first included.</param>
    /// <param name="data">The rest of the log.</param>
    /// <param name="values">
    /// The values. An indexed one of more than a word (text, octets, array, struct) is there as its hash only, a
    /// <see cref="AbiValue.FixedBytes"/> of 32 octets.
    /// </param>
    /// <returns>False for another event, another indexing, and values that do not fit their types.</returns>
    public bool TryDecode(IReadOnlyList<Bytes32> topics, ReadOnlyMemory<byte> data, out AbiValue[] values)
    {
        ArgumentNullException.ThrowIfNull(topics);
        values = [];
        if (topics.Count != 1 + _parameters.Count - _dataTypes.Count || topics[0] != Topic0) return false;

        try
        {
            values = Join(topics, AbiCodec.Decode(_dataTypes, data));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>The canonical signature.</summary>
    public override string ToString() => Signature;

    private AbiValue[] Join(IReadOnlyList<Bytes32> topics, AbiValue[] fromData)
    {
        var values = new AbiValue[_parameters.Count];
        int topicAt = 1;
        int dataAt = 0;
        for (int i = 0; i < values.Length; i++)
        {
            AbiParameter parameter = _parameters[i];
            values[i] = parameter.IsIndexed ? ReadTopic(parameter.Type, topics[topicAt++]) : fromData[dataAt++];
        }

        return values;
    }

    private static AbiValue ReadTopic(AbiType type, Bytes32 topic)
    {
        bool isHashed = type.IsDynamic || type is AbiType.Tuple or AbiType.FixedArray;
        return isHashed ? topic : AbiWord.Read(type, topic.ToArray());
    }
}
