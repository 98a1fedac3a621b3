using System.Globalization;

namespace Souk.Domain.Chain;

/// <summary>One parameter of a function or event.</summary>
/// <param name="Type">Its type.</param>
/// <param name="IsIndexed">Whether an event puts it among the topics.</param>
/// <param name="Name">What people call it; null when it has no name.</param>
internal sealed record AbiParameter(AbiType Type, bool IsIndexed, string? Name);

/// <summary>Reads types and signatures by recursive descent; the only reader of that grammar.</summary>
internal ref struct AbiTypeParser
{
    /// <summary>More than any type within the bounds needs; keeps hostile texts cheap.</summary>
    private const int TextLengthMax = 4096;

    private ReadOnlySpan<char> _rest;

    private AbiTypeParser(ReadOnlySpan<char> text)
    {
        if (text.Length > TextLengthMax) throw Bad();
        _rest = text;
    }

    internal static AbiType ParseType(ReadOnlySpan<char> text)
    {
        var parser = new AbiTypeParser(text);
        AbiType type = parser.ReadType(AbiType.DepthMax);
        return parser._rest.IsEmpty ? type : throw Bad();
    }

    /// <summary>Reads <c>name(type [indexed] [parameter name], ...)</c>.</summary>
    internal static (string Name, IReadOnlyList<AbiParameter> Parameters) ParseSignature(ReadOnlySpan<char> text)
    {
        var parser = new AbiTypeParser(text);
        string name = parser.ReadWord().ToString();
        IReadOnlyList<AbiParameter> parameters = parser.ReadParameters(AbiType.DepthMax);
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !parser._rest.IsEmpty) throw Bad();
        return (name, parameters);
    }

    private AbiType ReadType(int depth)
    {
        if (depth < 0) throw Bad();
        AbiType type = _rest.StartsWith("(", StringComparison.Ordinal) ? ReadTuple(depth) : ReadElementary();
        while (TrySkip('['))
        {
            ReadOnlySpan<char> count = ReadWord();
            if (!TrySkip(']')) throw Bad();
            type = count.IsEmpty ? new AbiType.Array(type) : new AbiType.FixedArray(type, Number(count));
        }

        return type;
    }

    private AbiType.Tuple ReadTuple(int depth)
    {
        List<AbiParameter> components = ReadParameters(depth - 1);
        if (components.Count == 0 || components.Exists(static it => it.IsIndexed)) throw Bad();
        return new AbiType.Tuple([.. components.Select(static it => it.Type)]);
    }

    private List<AbiParameter> ReadParameters(int depth)
    {
        List<AbiParameter> parameters = [];
        if (!TrySkip('(')) throw Bad();
        if (TrySkip(')')) return parameters;

        do
        {
            TrySkip(' ');
            AbiType type = ReadType(depth);
            bool isIndexed = false;
            string? name = null;
            if (TrySkip(' '))
            {
                ReadOnlySpan<char> word = ReadWord();
                isIndexed = word is "indexed";
                // Names are for people: they are in no hash and in no encoding.
                bool hasName = !isIndexed || TrySkip(' ');
                if (isIndexed && hasName) word = ReadWord();
                if (word.IsEmpty || char.IsAsciiDigit(word[0])) throw Bad();
                if (hasName) name = word.ToString();
            }

            parameters.Add(new AbiParameter(type, isIndexed, name));
        }
        while (TrySkip(','));

        return TrySkip(')') ? parameters : throw Bad();
    }

    private AbiType ReadElementary()
    {
        ReadOnlySpan<char> word = ReadWord();
        return word switch
        {
            "address" => new AbiType.Addr(),
            "bool" => new AbiType.Bool(),
            "bytes" => new AbiType.Bytes(),
            "string" => new AbiType.Text(),
            _ when word.StartsWith("uint", StringComparison.Ordinal) => new AbiType.Uint(Number(word[4..])),
            _ when word.StartsWith("int", StringComparison.Ordinal) => new AbiType.Int(Number(word[3..])),
            _ when word.StartsWith("bytes", StringComparison.Ordinal) => new AbiType.FixedBytes(Number(word[5..])),
            _ => throw Bad(),
        };
    }

    private ReadOnlySpan<char> ReadWord()
    {
        int length = 0;
        while (length < _rest.Length && (char.IsAsciiLetterOrDigit(_rest[length]) || _rest[length] is '_' or '$'))
            length++;

        ReadOnlySpan<char> word = _rest[..length];
        _rest = _rest[length..];
        return word;
    }

    private bool TrySkip(char character)
    {
        if (_rest.IsEmpty || _rest[0] != character) return false;
        _rest = _rest[1..];
        return true;
    }

    private static int Number(ReadOnlySpan<char> digits) =>
        digits.Length is >= 1 and <= 7 && digits[0] != '0'
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw Bad();

    private static FormatException Bad() => new("The text names no ABI type.");
}
