using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Wire;

namespace Souk.Domain.Signing;

/// <summary>One thing the platform's wallets may do. What no rule names is denied.</summary>
/// <remarks>Every list is exhaustive: an empty one allows nothing, and there are no wildcards for contracts.</remarks>
public sealed record PolicyRule
{
    /// <summary>Its name through all versions.</summary>
    public required PolicyRuleId Id { get; init; }

    /// <summary>Which version this is; a change is a new one, approved by a second person.</summary>
    public required int Version { get; init; }

    /// <summary>Whether it counts.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>What an operator reads.</summary>
    public required string Title { get; init; }

    /// <summary>The chain.</summary>
    public required ChainId ChainId { get; init; }

    /// <summary>The contracts that may be called; for a plain payment, who may receive it.</summary>
    public required ImmutableArray<Address> Contracts { get; init; }

    /// <summary>The function, as in <c>mint(address,uint256)</c>; null for a plain payment without call data.</summary>
    public string? Function { get; init; }

    /// <summary>What each argument may be, in order; as many as the function has.</summary>
    public ImmutableArray<ArgumentRule> Arguments { get; init; } = [];

    /// <summary>The most native currency one transaction may send, in wei.</summary>
    public required Wei NativeValueMax { get; init; }

    /// <summary>Who may ask: any of these roles.</summary>
    public required ImmutableArray<Role> Roles { get; init; }

    /// <summary>When it may be asked; null for any time.</summary>
    public TimeWindow? Window { get; init; }

    /// <summary>What it may come to in any 60 minutes.</summary>
    public required VelocityCap Hourly { get; init; }

    /// <summary>What it may come to in any 24 hours.</summary>
    public required VelocityCap Daily { get; init; }

    /// <summary>Whether the rule can be kept: its function is one, and its argument rules fit.</summary>
    /// <returns>Itself, or refuses with <c>invalid_request</c>.</returns>
    public Decision<PolicyRule> Check()
    {
        if (Contracts.IsDefaultOrEmpty) return Refuse("The rule names no contract.", "$.contracts");
        if (Roles.IsDefaultOrEmpty) return Refuse("The rule names no role.", "$.roles");
        if (Window is not null && !Window.IsPeriod) return Refuse("The window is no period of any day.", "$.window");
        if (Function is null)
            return Arguments.IsDefaultOrEmpty ? this : Refuse("A plain payment has no arguments.", "$.arguments");
        if (!TryParseFunction(out AbiFunction? function))
            return Refuse("The function is no signature such as mint(address,uint256).", "$.function");
        return FitsArguments(function) ? this : Refuse("The argument rules do not fit the function.", "$.arguments");
    }

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

    private bool FitsArguments(AbiFunction function) =>
        !Arguments.IsDefault
        && Arguments.Length == function.Inputs.Count
        && Arguments.Zip(function.Inputs).All(pair => pair.First is not null && pair.First.Fits(pair.Second));

    private static Failure Refuse(string why, string field) =>
        new(FailureCode.InvalidRequest, why) { Field = field };
}

/// <summary>How much a rule allows in a period.</summary>
/// <param name="CountMax">Transactions.</param>
/// <param name="ValueMax">Native currency in all, in wei.</param>
public sealed record VelocityCap(long CountMax, Wei ValueMax);

/// <summary>What a rule has already allowed; refused and replaced transactions do not count.</summary>
/// <param name="HourCount">Transactions of the last 60 minutes.</param>
/// <param name="HourValue">Their native currency, in wei.</param>
/// <param name="DayCount">Transactions of the last 24 hours.</param>
/// <param name="DayValue">Their native currency, in wei.</param>
public sealed record RuleUsage(long HourCount, Wei HourValue, long DayCount, Wei DayValue)
{
    /// <summary>Nothing yet.</summary>
    public static RuleUsage None { get; } = new(0, Wei.Zero, 0, Wei.Zero);
}

/// <summary>A day of the week, in UTC.</summary>
[JsonConverter(typeof(WireTextJsonConverter<Weekday>))]
public enum Weekday
{
    /// <summary>Sunday.</summary>
    Sunday = 0,

    /// <summary>Monday.</summary>
    Monday = 1,

    /// <summary>Tuesday.</summary>
    Tuesday = 2,

    /// <summary>Wednesday.</summary>
    Wednesday = 3,

    /// <summary>Thursday.</summary>
    Thursday = 4,

    /// <summary>Friday.</summary>
    Friday = 5,

    /// <summary>Saturday.</summary>
    Saturday = 6,
}

/// <summary>A part of certain days, in UTC.</summary>
/// <param name="Days">The days.</param>
/// <param name="From">The time of day it begins; inclusive.</param>
/// <param name="Until">The time of day it ends; exclusive. Midnight is the day's end.</param>
public sealed record TimeWindow(ImmutableArray<Weekday> Days, TimeOnly From, TimeOnly Until)
{
    internal bool IsPeriod => !Days.IsDefaultOrEmpty && (From < Until || Until == TimeOnly.MinValue);

    /// <summary>Whether the instant lies in it.</summary>
    public bool Contains(DateTimeOffset instant)
    {
        DateTime utc = instant.UtcDateTime;
        var time = TimeOnly.FromDateTime(utc);
        return IsPeriod
            && Days.Contains((Weekday)(int)utc.DayOfWeek)
            && time >= From
            && (time < Until || Until == TimeOnly.MinValue);
    }
}

/// <summary>A rule as JSON text: what the admin API takes and the database keeps.</summary>
public static class PolicyJson
{
    /// <summary>The rule's JSON text.</summary>
    public static string Write(PolicyRule rule) =>
        JsonSerializer.Serialize(rule, PolicyJsonContext.Default.PolicyRule);

    /// <summary>Reads a rule; whether it makes sense is <see cref="PolicyRule.Check"/>'s affair.</summary>
    /// <exception cref="JsonException">The text is no rule.</exception>
    public static PolicyRule Read(string json) =>
        JsonSerializer.Deserialize(json, PolicyJsonContext.Default.PolicyRule)
        ?? throw new JsonException("The rule is null.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    AllowOutOfOrderMetadataProperties = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PolicyRule))]
internal sealed partial class PolicyJsonContext : JsonSerializerContext;
