namespace Souk.Domain.Chain;

/// <summary>Measures first, then writes once: the sizes of all tails decide the offsets in the heads.</summary>
internal static class AbiEncoder
{
    internal static byte[] Encode(IReadOnlyList<AbiType> types, IReadOnlyList<AbiValue> values)
    {
        byte[] output = new byte[Measure(types, values)];
        Write(types, values, output);
        return output;
    }

    private static int Measure(IReadOnlyList<AbiType> types, IReadOnlyList<AbiValue> values)
    {
        if (types.Count != values.Count) throw AbiWord.Misfit();
        int size = 0;
        for (int i = 0; i < types.Count; i++)
            size += types[i].HeadSize + (types[i].IsDynamic ? MeasureTail(types[i], values[i]) : 0);
        return size;
    }

    private static int MeasureTail(AbiType type, AbiValue value) => type switch
    {
        AbiType.Bytes or AbiType.Text => AbiType.WordSize + Padded(Octets(type, value).Length),
        AbiType.Array => AbiType.WordSize + Measure(Members(type, value, out IReadOnlyList<AbiValue> items), items),
        _ => Measure(Members(type, value, out IReadOnlyList<AbiValue> items), items),
    };

    private static void Write(IReadOnlyList<AbiType> types, IReadOnlyList<AbiValue> values, Span<byte> output)
    {
        int headAt = 0;
        int tailAt = types.Sum(static it => it.HeadSize);
        for (int i = 0; i < types.Count; i++)
        {
            AbiType type = types[i];
            Span<byte> head = output.Slice(headAt, type.HeadSize);
            headAt += type.HeadSize;
            if (!type.IsDynamic)
            {
                WriteStatic(type, values[i], head);
                continue;
            }

            WriteNumber(tailAt, head);
            int size = MeasureTail(type, values[i]);
            WriteTail(type, values[i], output.Slice(tailAt, size));
            tailAt += size;
        }
    }

    private static void WriteStatic(AbiType type, AbiValue value, Span<byte> output)
    {
        if (type is AbiType.Tuple or AbiType.FixedArray)
            Write(Members(type, value, out IReadOnlyList<AbiValue> items), items, output);
        else
            AbiWord.Write(type, value, output);
    }

    private static void WriteTail(AbiType type, AbiValue value, Span<byte> output)
    {
        if (type is AbiType.Bytes or AbiType.Text)
        {
            ReadOnlySpan<byte> octets = Octets(type, value);
            WriteNumber(octets.Length, output[..AbiType.WordSize]);
            octets.CopyTo(output[AbiType.WordSize..]);
            return;
        }

        IReadOnlyList<AbiType> types = Members(type, value, out IReadOnlyList<AbiValue> items);
        if (type is AbiType.Array)
        {
            WriteNumber(items.Count, output[..AbiType.WordSize]);
            output = output[AbiType.WordSize..];
        }

        Write(types, items, output);
    }

    private static IReadOnlyList<AbiType> Members(AbiType type, AbiValue value, out IReadOnlyList<AbiValue> items)
    {
        switch (type, value)
        {
            case (AbiType.Tuple { Components: IReadOnlyList<AbiType> components }, AbiValue.Tuple tuple)
                when components.Count == tuple.Items.Count:
                items = tuple.Items;
                return components;
            case (AbiType.Array { Element: AbiType element }, AbiValue.List list):
                items = list.Items;
                return [.. Enumerable.Repeat(element, items.Count)];
            case (AbiType.FixedArray { Element: AbiType element, Count: int count }, AbiValue.List list)
                when count == list.Items.Count:
                items = list.Items;
                return [.. Enumerable.Repeat(element, count)];
            default:
                throw AbiWord.Misfit();
        }
    }

    private static ReadOnlySpan<byte> Octets(AbiType type, AbiValue value) => (type, value) switch
    {
        (AbiType.Bytes, AbiValue.Bytes bytes) => bytes.Value.Span,
        (AbiType.Text, AbiValue.Text text) => Utf8(text.Value),
        _ => throw AbiWord.Misfit(),
    };

    private static byte[] Utf8(string text)
    {
        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (ArgumentException)
        {
            throw AbiWord.Misfit();
        }
    }

    private static int Padded(int length) => (length + AbiType.WordSize - 1) / AbiType.WordSize * AbiType.WordSize;

    private static void WriteNumber(int number, Span<byte> word) => new UInt256(number).WriteBigEndian(word);
}
