using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;

namespace Souk.Domain.Signing;

/// <summary>What one argument of a call may be. For an array it holds of every element.</summary>
/// <remarks>
/// One that says no kind fits no argument. It is not abstract, for the serializer's answer to JSON without a kind would
/// then be no <see cref="JsonException"/>.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(AnyArgument), "any")]
[JsonDerivedType(typeof(OneOfArgument), "one_of")]
[JsonDerivedType(typeof(ListedArgument), "listed")]
[JsonDerivedType(typeof(EqualsArgument), "equals")]
[JsonDerivedType(typeof(MaxArgument), "max")]
[JsonDerivedType(typeof(AmountArgument), "amount")]
[JsonDerivedType(typeof(MembersArgument), "members")]
public record ArgumentRule
{
    /// <summary>Whether the rule says something about values of the type: else it could only mislead.</summary>
    internal virtual bool Fits(AbiType type) => false;

    /// <summary>Whether the value is allowed.</summary>
    internal virtual bool Allows(AbiValue value, RecipientLists lists) => false;

    /// <summary>Every amount that it caps, at any depth.</summary>
    internal virtual IEnumerable<AmountArgument> Amounts() => [];

    /// <summary>What the value adds to the amount that it caps.</summary>
    internal virtual BigInteger Sum(AbiValue value) => BigInteger.Zero;

    /// <summary>The type of what an array holds in the end; the type itself if it is none.</summary>
    private protected static AbiType ElementOf(AbiType type) => type switch
    {
        AbiType.Array it => ElementOf(it.Element),
        AbiType.FixedArray it => ElementOf(it.Element),
        _ => type,
    };

    /// <summary>What an array adds, element by element, at any depth.</summary>
    private protected static BigInteger SumOf(AbiValue value, Func<AbiValue, BigInteger> sum) =>
        value is AbiValue.List list
            ? list.Items.Aggregate(BigInteger.Zero, (total, item) => total + SumOf(item, sum))
            : sum(value);
}

/// <summary>Anything: said outright, for an argument that no rule names is not allowed.</summary>
public sealed record AnyArgument : ArgumentRule
{
    internal override bool Fits(AbiType type) => true;

    internal override bool Allows(AbiValue value, RecipientLists lists) => true;
}

/// <summary>One of these addresses; an empty list allows none.</summary>
/// <param name="Addresses">The list.</param>
public sealed record OneOfArgument(ImmutableArray<Address> Addresses) : ArgumentRule
{
    internal override bool Fits(AbiType type) =>
        ElementOf(type) is AbiType.Addr && !Addresses.IsDefault && Addresses.Length <= PolicyRule.EntriesMax;

    internal override bool Allows(AbiValue value, RecipientLists lists) => value switch
    {
        AbiValue.List list => list.Items.All(item => Allows(item, lists)),
        AbiValue.Addr address => Addresses.Contains(address.Value),
        _ => false,
    };
}

/// <summary>One of a recipient list's addresses, as it is in force; a list that is not there allows none.</summary>
/// <param name="List">The list's name.</param>
public sealed record ListedArgument(string List) : ArgumentRule
{
    internal override bool Fits(AbiType type) => ElementOf(type) is AbiType.Addr && RecipientList.IsName(List);

    internal override bool Allows(AbiValue value, RecipientLists lists) => value switch
    {
        AbiValue.List list => list.Items.All(item => Allows(item, lists)),
        AbiValue.Addr address => lists.Has(List, address.Value),
        _ => false,
    };
}

/// <summary>Exactly this value.</summary>
/// <param name="Value">An address, a decimal number, <c>true</c> or <c>false</c>, 0x-prefixed octets, a text.</param>
public sealed record EqualsArgument(string Value) : ArgumentRule
{
    internal override bool Fits(AbiType type) => ElementOf(type) switch
    {
        AbiType.Addr => Address.TryParse(Value, out _),
        AbiType.Uint => UInt256.TryParse(Value, out _),
        AbiType.Bool => Value is "true" or "false",
        AbiType.FixedBytes it => Hex.TryDecode(Value, out byte[]? octets) && octets.Length == it.Length,
        AbiType.Bytes => Hex.TryDecode(Value, out _),
        AbiType.Text => Value is not null,
        _ => false,
    };

    internal override bool Allows(AbiValue value, RecipientLists lists) => value switch
    {
        AbiValue.List list => list.Items.All(item => Allows(item, lists)),
        AbiValue.Addr it => Address.TryParse(Value, out Address address) && address == it.Value,
        AbiValue.Uint it => UInt256.TryParse(Value, out UInt256 number) && number == it.Value,
        AbiValue.Bool it => Value == (it.Value ? "true" : "false"),
        AbiValue.FixedBytes it => IsOctets(it.Value.Span),
        AbiValue.Bytes it => IsOctets(it.Value.Span),
        AbiValue.Text it => string.Equals(Value, it.Value, StringComparison.Ordinal),
        _ => false,
    };

    private bool IsOctets(ReadOnlySpan<byte> octets) =>
        Hex.TryDecode(Value, out byte[]? expected) && octets.SequenceEqual(expected);
}

/// <summary>A number without a sign, this at most.</summary>
/// <param name="Max">The greatest allowed.</param>
public sealed record MaxArgument(UInt256 Max) : ArgumentRule
{
    internal override bool Fits(AbiType type) => ElementOf(type) is AbiType.Uint;

    internal override bool Allows(AbiValue value, RecipientLists lists) => value switch
    {
        AbiValue.List list => list.Items.All(item => Allows(item, lists)),
        AbiValue.Uint number => number.Value <= Max,
        _ => false,
    };
}

/// <summary>A token amount: capped in one transaction and over time, arrays by the sum of what they hold.</summary>
/// <param name="Max">The most that one transaction may come to.</param>
/// <param name="HourlyMax">The most in any 60 minutes; null for no such cap.</param>
/// <param name="DailyMax">The most in any 24 hours; null for no such cap.</param>
public sealed record AmountArgument(UInt256 Max, UInt256? HourlyMax = null, UInt256? DailyMax = null) : ArgumentRule
{
    internal override bool Fits(AbiType type) => ElementOf(type) is AbiType.Uint;

    internal override bool Allows(AbiValue value, RecipientLists lists) => Sum(value) <= Max.ToBigInteger();

    internal override IEnumerable<AmountArgument> Amounts() => [this];

    internal override BigInteger Sum(AbiValue value) => SumOf(
        value, static it => it is AbiValue.Uint number ? number.Value.ToBigInteger() : BigInteger.Zero);
}

/// <summary>A struct whose members are each allowed.</summary>
/// <param name="Members">What each member may be, in order; as many as the struct has.</param>
public sealed record MembersArgument(ImmutableArray<ArgumentRule> Members) : ArgumentRule
{
    internal override bool Fits(AbiType type) =>
        ElementOf(type) is AbiType.Tuple tuple
        && !Members.IsDefault
        && Members.Length == tuple.Components.Count
        && Members.Zip(tuple.Components).All(pair => pair.First is not null && pair.First.Fits(pair.Second));

    internal override bool Allows(AbiValue value, RecipientLists lists) => value switch
    {
        AbiValue.List list => list.Items.All(item => Allows(item, lists)),
        AbiValue.Tuple it => it.Items.Count == Members.Length
            && Members.Zip(it.Items).All(pair => pair.First.Allows(pair.Second, lists)),
        _ => false,
    };

    internal override IEnumerable<AmountArgument> Amounts() => Members.SelectMany(static it => it.Amounts());

    internal override BigInteger Sum(AbiValue value) => SumOf(
        value,
        it => Members.Zip(it.AsItems())
            .Aggregate(BigInteger.Zero, (total, pair) => total + pair.First.Sum(pair.Second)));
}

/// <summary>The recipient lists in force, by name.</summary>
internal sealed class RecipientLists(IEnumerable<RecipientList> lists)
{
    private readonly FrozenDictionary<string, FrozenSet<Address>> _lists = lists
        .Where(static list => list.IsEnabled && list.Fault() is null)
        .ToFrozenDictionary(list => list.Name, list => list.Addresses.ToFrozenSet(), StringComparer.Ordinal);

    internal bool Has(string list, Address address) =>
        _lists.TryGetValue(list, out FrozenSet<Address>? addresses) && addresses.Contains(address);
}
