using System.Collections.Immutable;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;

namespace Souk.Domain.Signing;

/// <summary>
/// One type of EIP-712 typed data that the platform's wallets may sign. What no rule names is denied.
/// </summary>
/// <remarks>
/// A signature moves money like a transaction does (a Seaport order sells, a Permit lets spend), but no cap counts it:
/// so a rule names one contract, one domain and one type to the last member, and there are no wildcards.
/// </remarks>
public sealed record SignatureRule : PolicyContent
{
    private const int TextLengthMax = 100;

    /// <summary>The chain.</summary>
    public required ChainId ChainId { get; init; }

    /// <summary>The contract that verifies the signature, as the domain names it.</summary>
    public required Address VerifyingContract { get; init; }

    /// <summary>The domain's name; null for a domain that declares none.</summary>
    public required string? DomainName { get; init; }

    /// <summary>The domain's version; null for a domain that declares none.</summary>
    public required string? DomainVersion { get; init; }

    /// <summary>The type of the message, such as <c>Mail</c>.</summary>
    public required string PrimaryType { get; init; }

    /// <summary>Keccak-256 of the type as EIP-712 encodes it, with all the types that it refers to.</summary>
    public required Bytes32 TypeHash { get; init; }

    /// <summary>The wallets that may sign it; null for any of the chain's.</summary>
    public ImmutableArray<SignerId>? Signers { get; init; }

    /// <summary>Who may ask: any of these roles.</summary>
    public required ImmutableArray<Role> Roles { get; init; }

    /// <inheritdoc/>
    public override PolicyKind Kind => PolicyKind.Signature;

    /// <inheritdoc/>
    public override string Key => KeyOf(ChainId, VerifyingContract, TypeHash);

    /// <inheritdoc/>
    public override string Caption => $"{PrimaryType} of {DomainName ?? VerifyingContract.ToString()}";

    /// <summary>What the rule for this contract and type is called among rules for signatures.</summary>
    public static string KeyOf(ChainId chain, Address contract, Bytes32 typeHash) => $"{chain}/{contract}/{typeHash}";

    /// <inheritdoc/>
    public override Failure? Fault()
    {
        if (VerifyingContract.IsZero) return Refuse("The zero address is nobody's.", "$.verifyingContract");
        if (PrimaryType.Length is 0 or > TextLengthMax)
            return Refuse($"The type's name has 1 to {TextLengthMax} characters.", "$.primaryType");
        if (!IsText(DomainName)) return Refuse($"At most {TextLengthMax} characters.", "$.domainName");
        if (!IsText(DomainVersion)) return Refuse($"At most {TextLengthMax} characters.", "$.domainVersion");
        if (Signers is { IsDefaultOrEmpty: true } or { Length: > PolicyRule.EntriesMax })
            return Refuse($"The rule names 1 to {PolicyRule.EntriesMax} wallets, or null for any.", "$.signers");
        return Roles.IsDefaultOrEmpty ? Refuse("The rule names no role.", "$.roles") : null;
    }

    /// <inheritdoc/>
    /// <remarks>Only switching a rule off is told to be a narrowing.</remarks>
    public override bool IsWithin(PolicyContent? inForce) => !IsEnabled;

    /// <summary>The contract that a domain names on this chain; null when it names none, or another chain.</summary>
    public static Address? ContractOf(TypedData data, ChainId chain)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.FindInDomain("chainId") is AbiValue.Uint id && id.Value == (UInt256)chain.Value
            && data.FindInDomain("verifyingContract") is AbiValue.Addr { Value: { IsZero: false } contract }
                ? contract
                : null;
    }

    /// <summary>The first thing that the rule does not allow about a message of its type; null when it allows it.
    /// </summary>
    /// <param name="data">The message.</param>
    /// <param name="signer">The wallet that would sign.</param>
    /// <param name="roles">The roles of whoever asks.</param>
    public string? Objection(TypedData data, SignerId signer, ImmutableArray<Role> roles)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!IsEnabled) return "The rule is switched off.";
        if (ContractOf(data, ChainId) != VerifyingContract || data.TypeHash != TypeHash
            || data.PrimaryType != PrimaryType)
        {
            return "The rule does not name the type.";
        }

        if (TextOf(data, "name") != DomainName || TextOf(data, "version") != DomainVersion
            || data.FindInDomain("salt") is not null)
        {
            return "The rule does not name the domain.";
        }

        if (Signers is { } signers && !signers.Contains(signer)) return "The rule does not name the wallet.";
        return roles.IsDefault || !roles.Any(role => Roles.Contains(role))
            ? "None of the caller's roles may ask for this."
            : null;
    }

    private static bool IsText(string? text) => text is null or { Length: <= TextLengthMax };

    private static string? TextOf(TypedData data, string member) => (data.FindInDomain(member) as AbiValue.Text)?.Value;
}
