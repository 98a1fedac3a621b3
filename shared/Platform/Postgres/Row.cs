using System.Globalization;
using Npgsql;
using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>
/// The current row of a result, read by position into domain types; amounts are selected as <c>::text</c>.
/// </summary>
public readonly struct Row
{
    private readonly NpgsqlDataReader _reader;

    internal Row(NpgsqlDataReader reader) => _reader = reader;

    /// <summary>Whether the column is null.</summary>
    public bool IsNull(int column) => _reader.IsDBNull(column);

    /// <summary>A <c>uuid</c>.</summary>
    public Guid Id(int column) => _reader.GetGuid(column);

    /// <summary>A <c>uuid</c> or null.</summary>
    public Guid? IdOrNull(int column) => IsNull(column) ? null : Id(column);

    /// <summary>A <c>text</c>.</summary>
    public string Text(int column) => _reader.GetString(column);

    /// <summary>A <c>text</c> or null.</summary>
    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>A <c>text[]</c>.</summary>
    public string[] Texts(int column) => _reader.GetFieldValue<string[]>(column);

    /// <summary>A <c>boolean</c>.</summary>
    public bool Flag(int column) => _reader.GetBoolean(column);

    /// <summary>An <c>integer</c>.</summary>
    public int Integer(int column) => _reader.GetInt32(column);

    /// <summary>A <c>bigint</c>.</summary>
    public long Bigint(int column) => _reader.GetInt64(column);

    /// <summary>A <c>bigint</c> or null.</summary>
    public long? BigintOrNull(int column) => IsNull(column) ? null : Bigint(column);

    /// <summary>A <c>timestamptz</c>.</summary>
    public DateTimeOffset Instant(int column) =>
        new(DateTime.SpecifyKind(_reader.GetDateTime(column), DateTimeKind.Utc));

    /// <summary>A <c>timestamptz</c> or null.</summary>
    public DateTimeOffset? InstantOrNull(int column) => IsNull(column) ? null : Instant(column);

    /// <summary>A <c>bytea</c>.</summary>
    public byte[] Bytes(int column) => _reader.GetFieldValue<byte[]>(column);

    /// <summary>A <c>bytea</c> or null.</summary>
    public byte[]? BytesOrNull(int column) => IsNull(column) ? null : Bytes(column);

    /// <summary>An address (20 octets).</summary>
    public Address Address(int column) => new(Bytes(column));

    /// <summary>An address or null.</summary>
    public Address? AddressOrNull(int column) => IsNull(column) ? null : Address(column);

    /// <summary>A hash (32 octets).</summary>
    public Bytes32 Hash(int column) => new(Bytes(column));

    /// <summary>A hash or null.</summary>
    public Bytes32? HashOrNull(int column) => IsNull(column) ? null : Hash(column);

    /// <summary>An unsigned 256-bit number selected as text.</summary>
    public UInt256 Number(int column) => UInt256.Parse(Text(column), CultureInfo.InvariantCulture);

    /// <summary>An amount in wei selected as text.</summary>
    public Wei Wei(int column) => new(Number(column));

    /// <summary>An amount in wei selected as text, or null.</summary>
    public Wei? WeiOrNull(int column) => IsNull(column) ? null : Wei(column);

    /// <summary>A token identifier selected as text.</summary>
    public TokenId TokenId(int column) => new(Number(column));

    /// <summary>A chain identifier (<c>bigint</c>).</summary>
    public ChainId ChainId(int column) => new((ulong)Bigint(column));
}
