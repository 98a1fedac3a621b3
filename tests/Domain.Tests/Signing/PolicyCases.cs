using System.Collections.Immutable;
using System.Numerics;
using Souk.Domain.Chain;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;

namespace Souk.Domain.Tests.Signing;

/// <summary>Makes policies and calls from one seed, of so few parts that they often meet; edges come often.</summary>
internal sealed class PolicyCases(int seed)
{
    internal static readonly string[] Functions =
    [
        "mint(address,uint256)",
        "transfer(address,uint256)",
        "setOpen(bool,uint8)",
        "airdrop(address[],uint256[])",
        "pay((address,uint256)[],bytes)",
        "pair(uint256[2],address)",
        "ping()",
    ];

    private static readonly string[] Lists = ["payees", "treasury"];
    private readonly Random _random = new(seed);

    /// <summary>The types of a function's arguments, of those above only.</summary>
    internal static IReadOnlyList<string> TypesOf(string function) => function switch
    {
        "setOpen(bool,uint8)" => ["bool", "uint8"],
        "airdrop(address[],uint256[])" => ["address[]", "uint256[]"],
        "pay((address,uint256)[],bytes)" => ["(address,uint256)[]", "bytes"],
        "pair(uint256[2],address)" => ["uint256[2]", "address"],
        "ping()" => [],
        _ => ["address", "uint256"],
    };

    internal int Below(int bound) => _random.Next(bound);

    internal bool OneIn(int chance) => Below(chance) == 0;

    internal Address Person() => SampleRules.Person(1 + Below(5));

    internal UInt256 Number() => Below(6) switch
    {
        0 => 0,
        1 => UInt256.MaxValue,
        2 => new UInt256(BigInteger.One << 255),
        _ => (ulong)Below(12),
    };

    internal byte[] Noise(int length)
    {
        byte[] noise = new byte[length];
        _random.NextBytes(noise);
        return noise;
    }

    internal List<PolicyContent> Policies()
    {
        List<PolicyContent> policies = [.. Enumerable.Range(0, 1 + Below(8)).Select(Rule)];
        foreach (string name in Lists.Where(_ => !OneIn(4)))
        {
            policies.Add(new RecipientList
            {
                IsEnabled = !OneIn(5), Name = name, Addresses = [.. Some(Person).Distinct()],
            });
        }

        if (OneIn(2))
        {
            policies.Add(new SignerLimit
            {
                IsEnabled = !OneIn(4), SignerId = Signer(), Hourly = Cap(), Daily = Cap(),
            });
        }

        return policies;
    }

    /// <summary>A call that one of the rules could be about.</summary>
    internal TransactionCall Call(IEnumerable<PolicyContent> policies)
    {
        PolicyRule[] rules = [.. policies.OfType<PolicyRule>()];
        PolicyRule rule = rules[Below(rules.Length)];
        byte[] data = rule.CodeHashes is not null ? Code() : rule.Function is { } f ? Calldata(f) : [];
        return Call() with
        {
            ChainId = rule.ChainId,
            Signer = rule.Signers is { } signers ? signers[0] : Signer(),
            To = rule.CodeHashes is null ? rule.Contracts[Below(rule.Contracts.Length)] : null,
            Value = OneIn(3) ? rule.NativeValueMax : Wei.Zero,
            Data = OneIn(6) && data.Length > 0 ? Damaged(data) : data,
            Roles = [rule.Roles[0]],
        };
    }

    internal TransactionCall Call()
    {
        byte[] data = Below(8) switch
        {
            0 => [],
            1 => Noise(Below(5)),
            2 => Code(),
            3 => Damaged(Calldata()),
            _ => Calldata(),
        };
        ImmutableArray<Role> roles = OneIn(6) ? [] : [Role.Operator, .. OneIn(3) ? (Role[])[Role.Admin] : []];
        return new TransactionCall(
            Chain(), Signer(), OneIn(8) ? null : Person(), OneIn(2) ? Wei.Zero : new Wei(Number()), data, roles)
        {
            Simulation = OneIn(3) ? null : new SimulationOutcome(!OneIn(5), Below(4)),
        };
    }

    internal PolicyUsages Usages(IEnumerable<PolicyContent> policies) => new(
        policies.OfType<PolicyRule>().Where(_ => OneIn(2)).ToImmutableDictionary(rule => rule.Id, _ => Usage()),
        OneIn(2) ? PolicyUsage.None : Usage());

    private static ChainId ChainOf(int number) => new((ulong)(1 + number));

    private ChainId Chain() => ChainOf(OneIn(8) ? 1 : 0);

    private SignerId Signer() => new(new Guid(1 + Below(2), 0, 0, new byte[8]));

    private VelocityCap Cap() => OneIn(2)
        ? new VelocityCap(1000, new Wei(UInt256.MaxValue))
        : new VelocityCap(Below(4), new Wei(Number()));

    private PolicyUsage Usage() => new(Sum(), Sum());

    private UsageSum Sum() => new(Below(4), Number().ToBigInteger() * Below(3), Number().ToBigInteger() * Below(3));

    private PolicyRule Rule(int index)
    {
        string? function = OneIn(4) ? null : Functions[Below(Functions.Length)];
        bool isDeployment = function is null && OneIn(2);
        bool hasAmount = false;
        return SampleRules.Rule(function) with
        {
            Id = new PolicyRuleId(new Guid(100 + index, 0, 0, new byte[8])),
            IsEnabled = !OneIn(8),
            ChainId = Chain(),
            Signers = OneIn(2) ? null : [Signer()],
            Contracts = isDeployment ? [] : [.. Some(Person), Person()],
            ContractList = isDeployment || !OneIn(3) ? null : Lists[Below(2)],
            CodeHashes = isDeployment ? [Keccak256.Hash(Code())] : null,
            Arguments = function is null ? [] : [.. TypesOf(function).Select(type => Argument(type, ref hasAmount))],
            NativeValueMax = new Wei(Number()),
            Roles = OneIn(5) ? [Role.Admin] : [Role.Operator],
            Window = OneIn(3) ? Window() : null,
            Simulation = OneIn(3) ? new SimulationRule(1 + Below(3)) : null,
            Hourly = Cap(),
            Daily = Cap(),
        };
    }

    private TimeWindow Window() => new(
        [(Weekday)Below(7), (Weekday)Below(7), Weekday.Wednesday],
        new TimeOnly(Below(13), 0),
        OneIn(3) ? TimeOnly.MinValue : new TimeOnly(13 + Below(11), 0));

    private ArgumentRule Argument(string type, ref bool hasAmount)
    {
        if (OneIn(5)) return new AnyArgument();
        if (type == "(address,uint256)[]")
            return new MembersArgument([Argument("address", ref hasAmount), Argument("uint256", ref hasAmount)]);
        if (type.StartsWith("address", StringComparison.Ordinal))
        {
            return Below(3) switch
            {
                0 => new ListedArgument(Lists[Below(2)]),
                1 => new EqualsArgument(Person().ToString()),
                _ => new OneOfArgument([.. Some(Person)]),
            };
        }

        if (type == "bool") return new EqualsArgument(OneIn(2) ? "true" : "false");
        if (type == "bytes") return new EqualsArgument(OneIn(2) ? "0x" : "0x0102");
        if (OneIn(2)) return new MaxArgument(Number());
        if (hasAmount || OneIn(3)) return new EqualsArgument(Number().ToString());
        hasAmount = true;
        return new AmountArgument(Number(), OneIn(2) ? null : Number(), OneIn(2) ? null : Number());
    }

    private byte[] Code() => [0x60, (byte)Below(3)];

    private byte[] Calldata() => Calldata(Functions[Below(Functions.Length)]);

    private byte[] Calldata(string signature)
    {
        var function = AbiFunction.Parse(signature);
        return function.Encode([.. function.Inputs.Select(Value)]);
    }

    private AbiValue Value(AbiType type) => type switch
    {
        AbiType.Addr => Person(),
        AbiType.Bool => OneIn(2),
        AbiType.Uint { Bits: 8 } => (ulong)Below(12),
        AbiType.Uint => Number(),
        AbiType.Bytes => OneIn(2) ? [] : (byte[])[1, 2],
        AbiType.Tuple it => new AbiValue.Tuple([.. it.Components.Select(Value)]),
        AbiType.FixedArray it => new AbiValue.List([.. Enumerable.Range(0, it.Count).Select(_ => Value(it.Element))]),
        AbiType.Array it => new AbiValue.List(
            [.. Enumerable.Range(0, OneIn(20) ? 200 : Below(4)).Select(_ => Value(it.Element))]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private byte[] Damaged(byte[] data)
    {
        switch (Below(5))
        {
            case 0:
                return [.. data, .. Noise(1 + Below(40))];
            case 1:
                return data[..Below(data.Length)];
            case 2:
                return [.. data, .. new byte[32]];
            default:
                data[Below(data.Length)] ^= (byte)(1 << Below(8));
                return data;
        }
    }

    private IEnumerable<T> Some<T>(Func<T> make) => Enumerable.Range(0, Below(4)).Select(_ => make());
}
