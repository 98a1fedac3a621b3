using System.Globalization;
using System.Numerics;

namespace Souk.Domain.Tests.Signing;

/// <summary>
/// Reads call data anew, without our codec: the one canonical layout of a few types, or nothing. Addresses and octets
/// become lower-case hexadecimal text, numbers and truths integers, arrays and structs lists.
/// </summary>
internal sealed class ReferenceCalldata
{
    private readonly byte[] _data;

    private ReferenceCalldata(byte[] data) => _data = data;

    /// <summary>The arguments behind the selector; null when they are not these types', to the octet.</summary>
    internal static List<object>? Read(IReadOnlyList<string> types, byte[] calldata)
    {
        try
        {
            int end = 0;
            List<object> read = new ReferenceCalldata(calldata[4..]).ReadSequence(types, 0, ref end);
            return end == calldata.Length - 4 ? read : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private List<object> ReadSequence(IReadOnlyList<string> types, int frame, ref int end)
    {
        int head = frame;
        int tail = frame + types.Sum(HeadSize);
        List<object> values = [];
        foreach (string type in types)
        {
            if (IsDynamic(type))
            {
                // The canonical tail begins right where the one before it ended.
                if (Word(head) != tail - frame) throw new InvalidDataException();
                values.Add(ReadDynamic(type, ref tail));
            }
            else
            {
                values.Add(ReadStatic(type, head));
            }

            head += HeadSize(type);
        }

        end = tail;
        return values;
    }

    private object ReadDynamic(string type, ref int at)
    {
        BigInteger count = Word(at);
        if (count > _data.Length) throw new InvalidDataException();
        at += 32;
        if (type != "bytes")
            return ReadSequence([.. Enumerable.Repeat(type[..^2], (int)count)], at, ref at);

        int padded = ((int)count + 31) / 32 * 32;
        if (at + padded > _data.Length || _data.AsSpan(at + (int)count, padded - (int)count).ContainsAnyExcept((byte)0))
            throw new InvalidDataException();
        string text = Convert.ToHexStringLower(_data.AsSpan(at, (int)count));
        at += padded;
        return text;
    }

    private object ReadStatic(string type, int at)
    {
        if (type == "(address,uint256)")
            return new List<object> { ReadStatic("address", at), ReadStatic("uint256", at + 32) };
        if (type == "uint256[2]")
            return new List<object> { ReadStatic("uint256", at), ReadStatic("uint256", at + 32) };

        BigInteger word = Word(at);
        int bits = type switch
        {
            "address" => 160,
            "bool" => 1,
            "uint8" => 8,
            _ => 256,
        };
        if (word >= BigInteger.One << bits) throw new InvalidDataException();
        return type == "address"
            ? word.ToString("x41", CultureInfo.InvariantCulture)[^40..]
            : word;
    }

    private BigInteger Word(int at) => at + 32 <= _data.Length
        ? new BigInteger(_data.AsSpan(at, 32), isUnsigned: true, isBigEndian: true)
        : throw new InvalidDataException();

    private static bool IsDynamic(string type) => type == "bytes" || type.EndsWith("[]", StringComparison.Ordinal);

    private static int HeadSize(string type) => type is "(address,uint256)" or "uint256[2]" ? 64 : 32;
}
