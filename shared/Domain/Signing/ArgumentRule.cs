using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;

namespace Souk.Domain.Signing;

/// <summary>What one argument of a call may be. For an array it holds of every element.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(AnyArgument), "any")]
[JsonDerivedType(typeof(OneOfArgument), "one_of")]
[JsonDerivedType(typeof(EqualsArgument), "equals")]
[JsonDerivedType(typeof(MaxArgument), "max")]
public abstract record ArgumentRule
{
    /// <summary>Whether the rule says something about values of the type: else it could only mislead.</summary>
    internal abstract bool Fits(AbiType type);

    /// <summary>Whether the value is allowed.</summary>
    internal abstract bool Allows(AbiValue value);

    /// <summary>The type of what an array holds in the end; the type itself if it is none.</summary>
    private protected static AbiType ElementOf(AbiType type) => type switch
    {
        AbiType.Array it => ElementOf(it.Element),
        AbiType.FixedArray it => ElementOf(it.Element),
        _ => type,
    };
}

/// <summary>Anything: said outright, for an argument that no rule names is not allowed.</summary>
public sealed record AnyArgument : ArgumentRule
{
    internal override bool Fits(AbiType type) => true;

    internal override bool Allows(AbiValue value) => true;
}

/// <summary>One of these addresses; an empty list allows none.</summary>
/// <param name="Addresses">The list.</param>
public sealed record OneOfArgument(ImmutableArray<Address> Addresses) : ArgumentRule
{
    internal override bool Fits(AbiType type) => ElementOf(type) is AbiType.Addr && !Addresses.IsDefault;

    internal override bool Allows(AbiValue value) => value switch
    {
        AbiValue.List list => list.Items.All(Allows),
        AbiValue.Addr address => Addresses.Contains(address.Value),
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

    internal override bool Allows(AbiValue value) => value switch
    {
        AbiValue.List list => list.Items.All(Allows),
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

    internal override bool Allows(AbiValue value) => value switch
    {
        AbiValue.List list => list.Items.All(Allows),
        AbiValue.Uint number => number.Value <= Max,
        _ => false,
    };
}
