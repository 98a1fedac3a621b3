using System.Collections.Immutable;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;

namespace Souk.Domain.Tests.Signing;

/// <summary>Rules that allow much, for tests that take away from them, and calls that they allow.</summary>
internal static class SampleRules
{
    /// <summary>A Wednesday, at noon in UTC.</summary>
    internal static readonly DateTimeOffset Now = new(2025, 6, 18, 12, 0, 0, TimeSpan.Zero);

    internal static readonly ChainId Anvil = new(31337);
    internal static readonly SignerId Wallet = new(new Guid(1, 0, 0, new byte[8]));
    internal static readonly Address Token = Person(100);
    internal static readonly Address Friend = Person(1);
    internal static readonly Address Stranger = Person(2);
    internal static readonly VelocityCap Ample = new(1_000, new Wei(UInt256.MaxValue));

    /// <summary>An address that differs for every number.</summary>
    internal static Address Person(int number) => new([.. new byte[16], .. BitConverter.GetBytes(number)]);

    /// <summary>A rule for a function of <see cref="Token"/>.</summary>
    internal static PolicyRule Rule(string? function, params ArgumentRule[] arguments) => new()
    {
        Id = new PolicyRuleId(new Guid(7, 0, 0, new byte[8])),
        Version = 1,
        IsEnabled = true,
        Title = "A rule",
        ChainId = Anvil,
        Contracts = [Token],
        Function = function,
        Arguments = [.. arguments],
        NativeValueMax = Wei.Zero,
        Roles = [Role.Operator],
        Hourly = Ample,
        Daily = Ample,
    };

    /// <summary>A rule for deployments of this code.</summary>
    internal static PolicyRule Deployment(params byte[][] codes) => Rule(null) with
    {
        Contracts = [],
        CodeHashes = [.. codes.Select(code => Keccak256.Hash(code))],
    };

    /// <summary>A call of <see cref="Token"/> by an operator.</summary>
    internal static TransactionCall Call(byte[] data) =>
        new(Anvil, Wallet, Token, Wei.Zero, data, [Role.Operator]);

    /// <summary>What policies say of a call of which nothing was used yet.</summary>
    internal static PolicyVerdict Judge(TransactionCall call, params PolicyContent[] inForce) =>
        Judge(call, PolicyUsages.None, inForce);

    internal static PolicyVerdict Judge(
        TransactionCall call, PolicyUsages usages, params PolicyContent[] inForce) =>
        new PolicyEngine(inForce).Evaluate(call, usages, Now);

    /// <summary>So much used by a rule, in the hour and in the day.</summary>
    internal static PolicyUsages Used(PolicyRule rule, UsageSum hour, UsageSum day) => new(
        ImmutableDictionary<PolicyRuleId, PolicyUsage>.Empty.Add(rule.Id, new PolicyUsage(hour, day)),
        PolicyUsage.None);
}
