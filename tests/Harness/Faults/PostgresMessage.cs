using System.Buffers.Binary;
using System.Text;

namespace Souk.Harness.Faults;

/// <summary>One message of PostgreSQL's protocol 3.0, as it is on the wire.</summary>
/// <param name="Type">Its letter; 0 for the one that opens a connection, which has none.</param>
/// <param name="Octets">All of it, with letter and length.</param>
/// <remarks>Source: PostgreSQL 17 documentation, "Message Formats".</remarks>
internal sealed record PostgresMessage(char Type, byte[] Octets)
{
    private const int LengthOctets = 4;
    private const int TextLengthMax = 70;

    /// <summary>Whether the client now waits until the server is ready for the next.</summary>
    internal bool EndsFlight => Type is 'Q' or 'S';

    /// <summary>Whether the server says that it is ready for the next.</summary>
    internal bool IsReady => Type == 'Z';

    /// <summary>Reads one; null where the stream ends.</summary>
    internal static async Task<PostgresMessage?> ReadAsync(
        Stream stream, bool isFirst, CancellationToken cancellationToken)
    {
        int headerLength = isFirst ? LengthOctets : LengthOctets + 1;
        byte[] header = new byte[headerLength];
        if (await stream.ReadAtLeastAsync(header, headerLength, throwOnEndOfStream: false, cancellationToken)
            < headerLength)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(headerLength - LengthOctets));
        byte[] octets = new byte[headerLength - LengthOctets + length];
        header.CopyTo(octets, 0);
        await stream.ReadExactlyAsync(octets.AsMemory(headerLength), cancellationToken);
        return new PostgresMessage(isFirst ? '\0' : (char)header[0], octets);
    }

    /// <summary>The text of this number, counted from 0, that ends with a zero octet.</summary>
    internal string Text(int number)
    {
        int start = LengthOctets + 1;
        for (; number > 0; number--) start = Array.IndexOf(Octets, (byte)0, start) + 1;
        return Encoding.UTF8.GetString(Octets, start, Array.IndexOf(Octets, (byte)0, start) - start);
    }

    /// <summary>A statement's beginning on one line.</summary>
    internal static string Shorten(string sql)
    {
        string line = string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= TextLengthMax ? line : line[..TextLengthMax];
    }
}
