using System.Globalization;
using System.Numerics;
using Souk.Domain.Chain;
using Souk.Domain.Signing;

namespace Souk.Domain.Tests.Signing;

/// <summary>
/// The policy once more, as simply as it can be said: every rule asked in turn, nothing indexed, kept or decoded
/// before. Rules and calls must be such as <see cref="PolicyCases"/> makes.
/// </summary>
internal static class ReferencePolicy
{
    /// <summary>The rules that allow the call.</summary>
    internal static HashSet<PolicyRuleId> Allowing(
        IReadOnlyList<PolicyContent> policies, TransactionCall call, PolicyUsages usages, DateTimeOffset now) =>
    [
        .. policies.OfType<PolicyRule>()
            .Where(rule => Allows(rule, policies, call, usages, now))
            .Select(rule => rule.Id),
    ];

    private static bool Allows(
        PolicyRule rule,
        IReadOnlyList<PolicyContent> policies,
        TransactionCall call,
        PolicyUsages usages,
        DateTimeOffset now)
    {
        if (!rule.IsEnabled || rule.ChainId != call.ChainId) return false;
        if (rule.Signers is { } signers && !signers.Contains(call.Signer)) return false;
        if (!call.Roles.Any(rule.Roles.Contains)) return false;
        if (rule.Window is { } window && !IsOpen(window, now)) return false;
        if (Number(call.Value) > Number(rule.NativeValueMax)) return false;
        if (rule.Simulation is { } wanted
            && (call.Simulation is not { HasSucceeded: true } seen || seen.Gas > wanted.GasMax))
        {
            return false;
        }

        BigInteger amount = 0;
        bool isNamed = call.To is not { } to
            ? rule.CodeHashes is { } hashes && hashes.Contains(Keccak256.Hash(call.Data.Span))
            : rule.CodeHashes is null && Reaches(rule, policies, to) && Says(rule, policies, call, out amount);
        return isNamed && Leaves(rule, policies, call, usages, amount);
    }

    private static bool Reaches(PolicyRule rule, IReadOnlyList<PolicyContent> policies, Address to) =>
        rule.Contracts.Contains(to) || (rule.ContractList is { } list && IsListed(policies, list, Text(to)));

    private static bool Says(
        PolicyRule rule, IReadOnlyList<PolicyContent> policies, TransactionCall call, out BigInteger amount)
    {
        amount = 0;
        if (rule.Function is not { } function) return call.Data.IsEmpty;
        if (call.Data.Length < 4) return false;
        byte[] selector = Keccak256.HashText(function).ToArray()[..4];
        if (!call.Data.Span[..4].SequenceEqual(selector)) return false;
        if (ReferenceCalldata.Read(PolicyCases.TypesOf(function), call.Data.ToArray()) is not { } values) return false;

        BigInteger max = UInt256.MaxValue.ToBigInteger();
        foreach ((ArgumentRule argument, object value) in rule.Arguments.Zip(values))
        {
            if (!Fits(argument, value, policies, ref amount, ref max)) return false;
        }

        return amount <= max;
    }

    private static bool Fits(
        ArgumentRule rule,
        object value,
        IReadOnlyList<PolicyContent> policies,
        ref BigInteger amount,
        ref BigInteger max)
    {
        if (rule is AnyArgument) return true;
        if (value is List<object> items)
        {
            bool areMembers = rule is MembersArgument && (items.Count == 0 || items[0] is not List<object>);
            if (rule is MembersArgument members && areMembers && items.Count > 0)
            {
                foreach ((ArgumentRule member, object item) in members.Members.Zip(items))
                {
                    if (!Fits(member, item, policies, ref amount, ref max)) return false;
                }

                return true;
            }

            foreach (object item in items)
            {
                if (!Fits(rule, item, policies, ref amount, ref max)) return false;
            }

            return true;
        }

        switch (rule)
        {
            case OneOfArgument it:
                return it.Addresses.Any(address => Text(address) == (string)value);
            case ListedArgument it:
                return IsListed(policies, it.List, (string)value);
            case MaxArgument it:
                return (BigInteger)value <= it.Max.ToBigInteger();
            case AmountArgument it:
                amount += (BigInteger)value;
                max = it.Max.ToBigInteger();
                return true;
            case EqualsArgument it when value is BigInteger number:
                return it.Value is "true" or "false"
                    ? number == (it.Value == "true" ? 1 : 0)
                    : number == BigInteger.Parse(it.Value, CultureInfo.InvariantCulture);
            case EqualsArgument it:
                return string.Equals(it.Value[2..], (string)value, StringComparison.OrdinalIgnoreCase);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static bool Leaves(
        PolicyRule rule,
        IReadOnlyList<PolicyContent> policies,
        TransactionCall call,
        PolicyUsages usages,
        BigInteger amount)
    {
        AmountArgument? capped = rule.Amount;
        PolicyUsage used = usages.Of(rule.Id);
        if (!HasRoom(rule.Hourly, used.Hour, call) || !HasRoom(rule.Daily, used.Day, call)) return false;
        if (capped?.HourlyMax is { } hourly && used.Hour.Amount + amount > hourly.ToBigInteger()) return false;
        if (capped?.DailyMax is { } daily && used.Day.Amount + amount > daily.ToBigInteger()) return false;
        return policies.OfType<SignerLimit>().Where(limit => limit.IsEnabled && limit.SignerId == call.Signer)
            .All(limit => HasRoom(limit.Hourly, usages.Signer.Hour, call)
                && HasRoom(limit.Daily, usages.Signer.Day, call));
    }

    private static bool HasRoom(VelocityCap cap, UsageSum used, TransactionCall call) =>
        used.Count < cap.CountMax && used.Value + Number(call.Value) <= Number(cap.ValueMax);

    private static bool IsOpen(TimeWindow window, DateTimeOffset now)
    {
        double hour = now.UtcDateTime.TimeOfDay.TotalHours;
        double until = window.Until == TimeOnly.MinValue ? 24 : window.Until.ToTimeSpan().TotalHours;
        return window.Days.Any(day => (int)day == (int)now.UtcDateTime.DayOfWeek)
            && hour >= window.From.ToTimeSpan().TotalHours && hour < until;
    }

    private static bool IsListed(IReadOnlyList<PolicyContent> policies, string name, string address) =>
        policies.OfType<RecipientList>().Any(list =>
            list.IsEnabled && list.Name == name && list.Addresses.Any(it => Text(it) == address));

    private static string Text(Address address) => Convert.ToHexStringLower(address.ToArray());

    private static BigInteger Number(Wei wei) => wei.Value.ToBigInteger();
}
