using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;

namespace Souk.Domain.Signing;

/// <summary>One thing the platform's wallets may do. What no rule names is denied.</summary>
/// <remarks>
/// Of three kinds: a rule with a function allows calls of it, one with code hashes allows deployments of that code,
/// and one with neither allows plain payments. Every list is exhaustive: an empty one allows nothing, and there are
/// no wildcards for contracts.
/// </remarks>
public sealed record PolicyRule : PolicyContent
{
    /// <summary>The most entries of each of a rule's lists; longer ones are recipient lists.</summary>
    public const int EntriesMax = 200;

    private const int TitleLengthMax = 200;

    /// <summary>Its name through all versions.</summary>
    public required PolicyRuleId Id { get; init; }

    /// <summary>Which version this is.</summary>
    public required int Version { get; init; }

    /// <summary>What an operator reads.</summary>
    public required string Title { get; init; }

    /// <summary>The chain.</summary>
    public required ChainId ChainId { get; init; }

    /// <summary>The wallets that may send it; null for any of the chain's.</summary>
    public ImmutableArray<SignerId>? Signers { get; init; }

    /// <summary>The contracts that may be called; for a plain payment, who may receive it.</summary>
    public required ImmutableArray<Address> Contracts { get; init; }

    /// <summary>The recipient list whose addresses count besides <see cref="Contracts"/>; null for none.</summary>
    public string? ContractList { get; init; }

    /// <summary>The function, as in <c>mint(address,uint256)</c>; null for a payment or a deployment.</summary>
    public string? Function { get; init; }

    /// <summary>What each argument may be, in order; as many as the function has.</summary>
    public ImmutableArray<ArgumentRule> Arguments { get; init; } = [];

    /// <summary>
    /// Keccak-256 of the creation code that may be deployed, its constructor's arguments included; null for a rule
    /// that is not about deployments.
    /// </summary>
    public ImmutableArray<Bytes32>? CodeHashes { get; init; }

    /// <summary>The most native currency one transaction may send, in wei.</summary>
    public required Wei NativeValueMax { get; init; }

    /// <summary>Who may ask: any of these roles.</summary>
    public required ImmutableArray<Role> Roles { get; init; }

    /// <summary>When it may be asked; null for any time.</summary>
    public TimeWindow? Window { get; init; }

    /// <summary>What its simulation must have shown; null when it need not have been simulated.</summary>
    public SimulationRule? Simulation { get; init; }

    /// <summary>What it may come to in any 60 minutes.</summary>
    public required VelocityCap Hourly { get; init; }

    /// <summary>What it may come to in any 24 hours.</summary>
    public required VelocityCap Daily { get; init; }

    /// <inheritdoc/>
    public override PolicyKind Kind => PolicyKind.Rule;

    /// <inheritdoc/>
    public override string Key => Id.ToString();

    /// <inheritdoc/>
    public override string Caption => Title;

    /// <summary>The argument whose sum the rule caps; null when it caps none.</summary>
    [JsonIgnore]
    public AmountArgument? Amount =>
        Arguments.IsDefaultOrEmpty ? null : Arguments.SelectMany(static it => it.Amounts()).FirstOrDefault();

    /// <inheritdoc/>
    public override Failure? Fault()
    {
        if (Title.Length is 0 or > TitleLengthMax)
            return Refuse($"The title has 1 to {TitleLengthMax} characters.", "$.title");
        if (Roles.IsDefaultOrEmpty) return Refuse("The rule names no role.", "$.roles");
        if (Signers is { IsDefaultOrEmpty: true } or { Length: > EntriesMax })
            return Refuse($"The rule names 1 to {EntriesMax} wallets, or null for any.", "$.signers");
        if (Window is not null && !Window.IsPeriod) return Refuse("The window is no period of any day.", "$.window");
        if (Simulation is { GasMax: <= 0 })
            return Refuse("The simulation may use some gas at least.", "$.simulation");
        if (Hourly.CountMax < 0) return Refuse("A number of transactions is not negative.", "$.hourly");
        if (Daily.CountMax < 0) return Refuse("A number of transactions is not negative.", "$.daily");
        return CodeHashes is null ? FaultOfCall() : FaultOfDeployment();
    }

    /// <inheritdoc/>
    /// <remarks>Only switching a rule off, and nothing else about it, is told to be a narrowing.</remarks>
    public override bool IsWithin(PolicyContent? inForce) =>
        !IsEnabled
        && (inForce is not PolicyRule rule
            || PolicyJson.Write(this with { IsEnabled = rule.IsEnabled, Version = rule.Version })
                == PolicyJson.Write(rule));

    internal bool TryParseFunction([NotNullWhen(true)] out AbiFunction? function)
    {
        function = null;
        try
        {
            if (Function is not null) function = AbiFunction.Parse(Function);
        }
        catch (FormatException)
        {
            // The parser's only way to refuse; the caller says which field it was.
        }

        return function is not null;
    }

    private Failure? FaultOfCall()
    {
        if (Contracts.IsDefault || Contracts.Length > EntriesMax || (Contracts.IsEmpty && ContractList is null))
            return Refuse($"The rule names 1 to {EntriesMax} contracts, or a list of them.", "$.contracts");
        if (ContractList is not null && !RecipientList.IsName(ContractList))
            return Refuse("No list can have that name.", "$.contractList");
        if (Function is null)
            return Arguments.IsDefaultOrEmpty ? null : Refuse("A plain payment has no arguments.", "$.arguments");
        if (!TryParseFunction(out AbiFunction? function))
            return Refuse("The function is no signature such as mint(address,uint256).", "$.function");
        return FitsArguments(function) ? null : Refuse("The argument rules do not fit the function.", "$.arguments");
    }

    private Failure? FaultOfDeployment()
    {
        if (CodeHashes is { IsDefaultOrEmpty: true } or { Length: > EntriesMax })
            return Refuse($"The rule names 1 to {EntriesMax} code hashes.", "$.codeHashes");
        if (!Contracts.IsDefaultOrEmpty || ContractList is not null)
            return Refuse("A deployment calls no contract.", "$.contracts");
        if (Function is not null) return Refuse("A deployment calls no function.", "$.function");
        return Arguments.IsDefaultOrEmpty
            ? null
            : Refuse("A deployment's arguments are part of its code.", "$.arguments");
    }

    private bool FitsArguments(AbiFunction function) =>
        !Arguments.IsDefault
        && Arguments.Length == function.Inputs.Count
        && Arguments.Zip(function.Inputs).All(pair => pair.First is not null && pair.First.Fits(pair.Second))
        && Arguments.Sum(static it => it.Amounts().Count()) <= 1;
}

/// <summary>What a simulation must have shown: that the call succeeds, and how much gas it needs.</summary>
/// <param name="GasMax">The most gas, in units.</param>
public sealed record SimulationRule(long GasMax);
