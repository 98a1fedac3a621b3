using System.Collections.Frozen;
using System.Numerics;
using Souk.Domain.Chain;

namespace Souk.Domain.Signing;

/// <summary>A call while it is judged: what was read of it once serves every rule.</summary>
internal sealed class PolicyCase(TransactionCall call)
{
    private AbiFunction? _function;
    private AbiValue[]? _arguments;
    private Bytes32? _codeHash;

    internal TransactionCall Call { get; } = call ?? throw new ArgumentNullException(nameof(call));

    internal Bytes32 CodeHash => _codeHash ??= Keccak256.Hash(Call.Data.Span);

    /// <summary>The arguments; null when the call data is not the function's, to the octet.</summary>
    internal AbiValue[]? Decode(AbiFunction function)
    {
        // Rules of one selector have one signature but for a collision, which is decoded anew.
        if (_function?.Signature != function.Signature)
        {
            _arguments = function.TryDecode(Call.Data, out AbiValue[] arguments) ? arguments : null;
            _function = function;
        }

        return _arguments;
    }
}

/// <summary>A rule made ready to be asked.</summary>
internal sealed class PolicyCandidate
{
    private readonly RecipientLists _lists;
    private readonly FrozenSet<Address> _contracts;
    private readonly FrozenSet<Bytes32> _codeHashes;
    private readonly AmountArgument? _amount;

    internal PolicyCandidate(PolicyRule rule, RecipientLists lists)
    {
        Rule = rule;
        Function = rule.TryParseFunction(out AbiFunction? function) ? function : null;
        _lists = lists;
        _contracts = rule.Contracts.IsDefault ? [] : rule.Contracts.ToFrozenSet();
        _codeHashes = rule.CodeHashes?.ToFrozenSet() ?? [];
        _amount = rule.Amount;
    }

    internal PolicyRule Rule { get; }

    internal AbiFunction? Function { get; }

    internal bool Names(PolicyCase judged) => judged.Call.To is { } to
        ? _contracts.Contains(to) || (Rule.ContractList is { } list && _lists.Has(list, to))
        : _codeHashes.Contains(judged.CodeHash);

    /// <summary>What the rule says of a call that it names.</summary>
    /// <param name="judged">The call.</param>
    /// <param name="usages">What has been used.</param>
    /// <param name="limit">What bounds the wallet besides the rule.</param>
    /// <param name="askedAt">When it is asked for; null once it was allowed, and is to be sent.</param>
    internal PolicyVerdict Judge(
        PolicyCase judged, PolicyUsages usages, SignerLimit? limit, DateTimeOffset? askedAt)
    {
        TransactionCall call = judged.Call;
        if (!Rule.IsEnabled) return Say(PolicyReason.RuleDisabled, "The rule is switched off.");
        if (Rule.Signers is { } signers && !signers.Contains(call.Signer))
            return Say(PolicyReason.SignerNotAllowed, "The rule does not name the wallet.");
        if (askedAt is { } now && JudgeAsking(call, now) is { } unasked) return unasked;
        if (call.Value > Rule.NativeValueMax)
            return Say(PolicyReason.NativeValueExceeded, "It sends more native coin than one transaction may.");
        if (JudgeArguments(judged, out BigInteger amount) is { } refused) return refused;
        UsageSum more = new(1, call.Value.Value.ToBigInteger(), amount);
        if (JudgeCaps(usages, limit, more) is { } capped) return capped;
        if (askedAt is not null && JudgeSimulation(call.Simulation) is { } unseen) return unseen;
        return Say(PolicyReason.Allowed, "The rule allows it.") with { Amount = amount };
    }

    private PolicyVerdict? JudgeAsking(TransactionCall call, DateTimeOffset now)
    {
        if (call.Roles.IsDefault || !call.Roles.Any(role => Rule.Roles.Contains(role)))
            return Say(PolicyReason.RoleNotAllowed, "None of the caller's roles may ask for this.");
        return Rule.Window is not null && !Rule.Window.Contains(now)
            ? Say(PolicyReason.OutsideWindow, "Not at this time.")
            : null;
    }

    private PolicyVerdict? JudgeArguments(PolicyCase judged, out BigInteger amount)
    {
        amount = BigInteger.Zero;
        if (Function is null) return null;
        if (judged.Decode(Function) is not { } arguments)
            return Say(PolicyReason.CallUndecodable, $"The call data is not that of {Function}.");
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!Rule.Arguments[i].Allows(arguments[i], _lists))
                return Say(PolicyReason.ArgumentNotAllowed, $"Argument {i + 1} of {Function} is not allowed.");
            amount += Rule.Arguments[i].Sum(arguments[i]);
        }

        // Parts that are small each may be too much together.
        return _amount is not null && amount > _amount.Max.ToBigInteger()
            ? Say(PolicyReason.ArgumentNotAllowed, $"The amounts of {Function} are too much together.")
            : null;
    }

    private PolicyVerdict? JudgeCaps(PolicyUsages usages, SignerLimit? limit, UsageSum more)
    {
        PolicyUsage used = usages.Of(Rule.Id);
        if (Exceeded(Rule.Hourly, _amount?.HourlyMax, used.Hour, more) is { } hour)
            return Say(PolicyReason.HourlyCapExceeded, $"The rule's hourly cap of {hour} would be exceeded.");
        if (Exceeded(Rule.Daily, _amount?.DailyMax, used.Day, more) is { } day)
            return Say(PolicyReason.DailyCapExceeded, $"The rule's daily cap of {day} would be exceeded.");
        if (limit is null) return null;
        if (Exceeded(limit.Hourly, null, usages.Signer.Hour, more) is { } signerHour)
        {
            return Say(
                PolicyReason.SignerHourlyCapExceeded, $"The wallet's hourly limit of {signerHour} would be exceeded.");
        }

        return Exceeded(limit.Daily, null, usages.Signer.Day, more) is { } signerDay
            ? Say(PolicyReason.SignerDailyCapExceeded, $"The wallet's daily limit of {signerDay} would be exceeded.")
            : null;
    }

    private PolicyVerdict? JudgeSimulation(SimulationOutcome? outcome)
    {
        if (Rule.Simulation is not { } wanted) return null;
        if (outcome is null) return Say(PolicyReason.SimulationMissing, "The rule wants it simulated first.");
        if (!outcome.HasSucceeded) return Say(PolicyReason.SimulationRefused, "Its simulation failed.");
        return outcome.Gas > wanted.GasMax
            ? Say(PolicyReason.SimulationRefused, "It needs more gas than the rule allows.")
            : null;
    }

    private static string? Exceeded(VelocityCap cap, UInt256? amountMax, UsageSum used, UsageSum more)
    {
        UsageSum then = used + more;
        if (then.Count > cap.CountMax) return "transactions";
        if (then.Value > cap.ValueMax.Value.ToBigInteger()) return "native coin";
        return amountMax is { } max && then.Amount > max.ToBigInteger() ? "the amount" : null;
    }

    private PolicyVerdict Say(PolicyReason reason, string detail) => new(reason, Rule.Id, Rule.Version, detail);
}
