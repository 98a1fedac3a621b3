using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Wire;

namespace Souk.Domain.Signing;

/// <summary>What a policy is about.</summary>
[JsonConverter(typeof(WireTextJsonConverter<PolicyKind>))]
public enum PolicyKind
{
    /// <summary>Something that the platform's wallets may do.</summary>
    Rule,

    /// <summary>Addresses that rules name together.</summary>
    RecipientList,

    /// <summary>A contract whose calls and errors can be read.</summary>
    Contract,

    /// <summary>What one wallet may come to, whatever rules allow.</summary>
    SignerLimit,

    /// <summary>A type of typed data that the platform's wallets may sign.</summary>
    Signature,
}

/// <summary>What a version of a policy says. A policy that is switched off says nothing.</summary>
public abstract record PolicyContent
{
    /// <summary>Whether it counts.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>What it is about.</summary>
    [JsonIgnore]
    public abstract PolicyKind Kind { get; }

    /// <summary>What it is called among its kind: no two policies have the same.</summary>
    [JsonIgnore]
    public abstract string Key { get; }

    /// <summary>What an operator reads.</summary>
    [JsonIgnore]
    public abstract string Caption { get; }

    /// <summary>The first thing wrong with it; null when it can be kept.</summary>
    public abstract Failure? Fault();

    /// <summary>Whether it allows nothing that <paramref name="inForce"/> did not: then one person is enough.</summary>
    /// <param name="inForce">What counts now; null when nothing does.</param>
    public abstract bool IsWithin(PolicyContent? inForce);

    private protected static Failure Refuse(string why, string field) =>
        new(FailureCode.InvalidRequest, why) { Field = field };
}

/// <summary>Addresses that rules name together, such as those who may be paid.</summary>
public sealed record RecipientList : PolicyContent
{
    /// <summary>The longest name, in characters.</summary>
    public const int NameLengthMax = 63;

    /// <summary>The most addresses of a list.</summary>
    public const int AddressesMax = 2_000;

    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Its name: lower-case letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>The addresses.</summary>
    public required ImmutableArray<Address> Addresses { get; init; }

    /// <inheritdoc/>
    public override PolicyKind Kind => PolicyKind.RecipientList;

    /// <inheritdoc/>
    public override string Key => Name;

    /// <inheritdoc/>
    public override string Caption => Name;

    /// <summary>Whether a list may have this name.</summary>
    public static bool IsName(string? name) =>
        name is { Length: >= 1 and <= NameLengthMax } && name[0] != '-'
        && !name.AsSpan().ContainsAnyExcept(NameLetters);

    /// <inheritdoc/>
    public override Failure? Fault()
    {
        if (!IsName(Name)) return Refuse("A list's name has letters a to z, digits and hyphens.", "$.name");
        if (Addresses.IsDefault || Addresses.Length > AddressesMax)
            return Refuse($"A list has at most {AddressesMax} addresses.", "$.addresses");
        return Addresses.Contains(Address.Zero) ? Refuse("The zero address is nobody's.", "$.addresses") : null;
    }

    /// <inheritdoc/>
    public override bool IsWithin(PolicyContent? inForce) =>
        !IsEnabled || Addresses.Length == 0
        || (inForce is RecipientList { IsEnabled: true } list
            && Addresses.ToHashSet().IsSubsetOf(list.Addresses));
}

/// <summary>A contract whose calls and errors can be shown to people as their names and arguments.</summary>
public sealed record RegisteredContract : PolicyContent
{
    /// <summary>The longest name, in characters.</summary>
    public const int NameLengthMax = 100;

    /// <summary>The chain.</summary>
    public required ChainId ChainId { get; init; }

    /// <summary>Where it is.</summary>
    public required Address Address { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Its functions and errors, each as <see cref="ContractAbi.Lines"/> writes it.</summary>
    public required ImmutableArray<string> Abi { get; init; }

    /// <inheritdoc/>
    public override PolicyKind Kind => PolicyKind.Contract;

    /// <inheritdoc/>
    public override string Key => KeyOf(ChainId, Address);

    /// <inheritdoc/>
    public override string Caption => Name;

    /// <summary>What the contract at this place is called among contracts.</summary>
    public static string KeyOf(ChainId chain, Address address) => $"{chain}/{address}";

    /// <inheritdoc/>
    public override Failure? Fault()
    {
        if (Name.Length is 0 or > NameLengthMax)
            return Refuse($"The name has 1 to {NameLengthMax} characters.", "$.name");
        return Address.IsZero ? Refuse("The zero address is nobody's.", "$.address") : null;
    }

    /// <inheritdoc/>
    /// <remarks>No rule asks it, but people approve what it shows them: so only its end is a narrowing.</remarks>
    public override bool IsWithin(PolicyContent? inForce) => !IsEnabled;
}

/// <summary>What one wallet may come to in a period, whatever rules allow; without one, rules alone bound it.</summary>
public sealed record SignerLimit : PolicyContent
{
    /// <summary>The wallet.</summary>
    public required SignerId SignerId { get; init; }

    /// <summary>What it may come to in any 60 minutes.</summary>
    public required VelocityCap Hourly { get; init; }

    /// <summary>What it may come to in any 24 hours.</summary>
    public required VelocityCap Daily { get; init; }

    /// <inheritdoc/>
    public override PolicyKind Kind => PolicyKind.SignerLimit;

    /// <inheritdoc/>
    public override string Key => SignerId.ToString();

    /// <inheritdoc/>
    public override string Caption => $"Limit of signer {SignerId}";

    /// <inheritdoc/>
    public override Failure? Fault()
    {
        if (Hourly.CountMax < 0) return Refuse("A number of transactions is not negative.", "$.hourly");
        return Daily.CountMax < 0 ? Refuse("A number of transactions is not negative.", "$.daily") : null;
    }

    /// <inheritdoc/>
    public override bool IsWithin(PolicyContent? inForce)
    {
        if (inForce is not SignerLimit { IsEnabled: true } before) return true;
        return IsEnabled && IsWithin(Hourly, before.Hourly) && IsWithin(Daily, before.Daily);
    }

    private static bool IsWithin(VelocityCap cap, VelocityCap before) =>
        cap.CountMax <= before.CountMax && cap.ValueMax <= before.ValueMax;
}
