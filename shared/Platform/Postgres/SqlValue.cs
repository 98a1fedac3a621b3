using System.Diagnostics.CodeAnalysis;
using Npgsql;
using NpgsqlTypes;
using Souk.Domain.Chain;

namespace Souk.Platform.Postgres;

/// <summary>One statement parameter: the only place that says which database type a domain type is sent as.</summary>
/// <remarks>
/// Amounts travel as decimal text and are cast in the statement (<c>$1::numeric</c>), JSON likewise (<c>$1::jsonb</c>):
/// the slim client carries neither type, and both casts are exact.
/// </remarks>
[SuppressMessage("Usage", "CA2225", Justification = "The conversions are the point; there is no other form.")]
public readonly struct SqlValue
{
    private readonly object? _value;
    private readonly NpgsqlDbType _type;

    private SqlValue(object? value, NpgsqlDbType type) => (_value, _type) = (value, type);

    /// <summary>As <c>uuid</c>.</summary>
    public static implicit operator SqlValue(Guid value) => new(value, NpgsqlDbType.Uuid);

    /// <summary>As <c>uuid</c> or null.</summary>
    public static implicit operator SqlValue(Guid? value) => new(value, NpgsqlDbType.Uuid);

    /// <summary>As <c>text</c>.</summary>
    public static implicit operator SqlValue(string? value) => new(value, NpgsqlDbType.Text);

    /// <summary>As <c>text[]</c>.</summary>
    public static implicit operator SqlValue(string?[] value) => new(value, NpgsqlDbType.Array | NpgsqlDbType.Text);

    /// <summary>As <c>bytea[]</c>.</summary>
    public static implicit operator SqlValue(byte[]?[] value) => new(value, NpgsqlDbType.Array | NpgsqlDbType.Bytea);

    /// <summary>As <c>uuid[]</c>.</summary>
    public static implicit operator SqlValue(Guid[] value) => new(value, NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    /// <summary>As <c>uuid[]</c> with nulls.</summary>
    public static implicit operator SqlValue(Guid?[] value) => new(value, NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    /// <summary>As <c>integer[]</c>.</summary>
    public static implicit operator SqlValue(int[] value) => new(value, NpgsqlDbType.Array | NpgsqlDbType.Integer);

    /// <summary>As <c>bigint[]</c>.</summary>
    public static implicit operator SqlValue(long[] value) => new(value, NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    /// <summary>As <c>boolean[]</c>.</summary>
    public static implicit operator SqlValue(bool[] value) => new(value, NpgsqlDbType.Array | NpgsqlDbType.Boolean);

    /// <summary>As <c>timestamptz[]</c>.</summary>
    public static implicit operator SqlValue(DateTimeOffset[] value) => new(
        Array.ConvertAll(value, it => it.UtcDateTime), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);

    /// <summary>As <c>integer</c>.</summary>
    public static implicit operator SqlValue(int value) => new(value, NpgsqlDbType.Integer);

    /// <summary>As <c>integer</c> or null.</summary>
    public static implicit operator SqlValue(int? value) => new(value, NpgsqlDbType.Integer);

    /// <summary>As <c>bigint</c>.</summary>
    public static implicit operator SqlValue(long value) => new(value, NpgsqlDbType.Bigint);

    /// <summary>As <c>bigint</c> or null.</summary>
    public static implicit operator SqlValue(long? value) => new(value, NpgsqlDbType.Bigint);

    /// <summary>As <c>bigint</c>; block numbers and nonces stay far below its bound.</summary>
    public static implicit operator SqlValue(ulong value) => new((long)value, NpgsqlDbType.Bigint);

    /// <summary>As <c>boolean</c>.</summary>
    public static implicit operator SqlValue(bool value) => new(value, NpgsqlDbType.Boolean);

    /// <summary>As <c>boolean</c> or null.</summary>
    public static implicit operator SqlValue(bool? value) => new(value, NpgsqlDbType.Boolean);

    /// <summary>As <c>timestamptz</c>.</summary>
    public static implicit operator SqlValue(DateTimeOffset value) => new(value.UtcDateTime, NpgsqlDbType.TimestampTz);

    /// <summary>As <c>timestamptz</c> or null.</summary>
    public static implicit operator SqlValue(DateTimeOffset? value) =>
        new(value?.UtcDateTime, NpgsqlDbType.TimestampTz);

    /// <summary>As <c>bytea</c>.</summary>
    public static implicit operator SqlValue(byte[]? value) => new(value, NpgsqlDbType.Bytea);

    /// <summary>As <c>bytea</c>.</summary>
    public static implicit operator SqlValue(ReadOnlyMemory<byte> value) => new(value.ToArray(), NpgsqlDbType.Bytea);

    /// <summary>As <c>bytea</c> of 20 octets.</summary>
    public static implicit operator SqlValue(Address value) => new(value.ToArray(), NpgsqlDbType.Bytea);

    /// <summary>As <c>bytea</c> of 20 octets or null.</summary>
    public static implicit operator SqlValue(Address? value) => new(value?.ToArray(), NpgsqlDbType.Bytea);

    /// <summary>As <c>bytea</c> of 32 octets.</summary>
    public static implicit operator SqlValue(Bytes32 value) => new(value.ToArray(), NpgsqlDbType.Bytea);

    /// <summary>As <c>bytea</c> of 32 octets or null.</summary>
    public static implicit operator SqlValue(Bytes32? value) => new(value?.ToArray(), NpgsqlDbType.Bytea);

    /// <summary>As <c>bytea</c> of 32 octets.</summary>
    public static implicit operator SqlValue(TransactionHash value) => value.Value;

    /// <summary>As <c>bytea</c> of 32 octets or null.</summary>
    public static implicit operator SqlValue(TransactionHash? value) => value?.Value;

    /// <summary>As <c>bytea</c> of 32 octets.</summary>
    public static implicit operator SqlValue(BlockHash value) => value.Value;

    /// <summary>As <c>bytea</c> of 32 octets or null.</summary>
    public static implicit operator SqlValue(BlockHash? value) => value?.Value;

    /// <summary>As <c>bytea</c> of 32 octets.</summary>
    public static implicit operator SqlValue(OrderHash value) => value.Value;

    /// <summary>As decimal text, to be cast to <c>numeric</c>.</summary>
    public static implicit operator SqlValue(UInt256 value) => value.ToString();

    /// <summary>As decimal text, to be cast to <c>numeric</c>.</summary>
    public static implicit operator SqlValue(Wei value) => value.ToString();

    /// <summary>As decimal text or null, to be cast to <c>numeric</c>.</summary>
    public static implicit operator SqlValue(Wei? value) => value?.ToString();

    /// <summary>As decimal text, to be cast to <c>numeric</c>.</summary>
    public static implicit operator SqlValue(TokenId value) => value.ToString();

    /// <summary>As <c>bigint</c>.</summary>
    public static implicit operator SqlValue(ChainId value) => value.Value;

    internal NpgsqlParameter ToParameter() => new() { Value = _value ?? DBNull.Value, NpgsqlDbType = _type };
}
