using System.Collections.Immutable;
using Souk.Domain.Chain;
using Souk.Domain.Failures;
using Souk.Domain.Sessions;
using Souk.Domain.Signing;
using Souk.Domain.Wire;
using Souk.Platform.Postgres;

namespace Souk.Signing;

/// <summary>A call as somebody asks for it, before it is known which wallet is to send it.</summary>
internal sealed class RequestedCall
{
    /// <summary>The largest call data taken, in bytes; as JSON text it is twice that.</summary>
    internal const int DataBytesMax = Operation.DataBytesMax;

    private readonly TransactionCall _call;

    private RequestedCall(TransactionCall call) => _call = call;

    /// <summary>Reads it.</summary>
    /// <exception cref="FailureException"><c>invalid_request</c>, naming the field.</exception>
    internal static RequestedCall Read(
        ChainId chainId, Address? to, string data, Wei valueWei, IReadOnlyList<string> roles)
    {
        if (!Hex.TryDecode(data, out byte[]? bytes) || bytes.Length > DataBytesMax)
            throw Invalid("$.data", $"The call data is 0x text of at most {DataBytesMax} bytes.");
        if (to is { IsZero: true })
            throw Invalid("$.to", "The zero address is nobody's.");
        if (to is null && bytes.Length == 0)
            throw Invalid("$.data", "There is no code to deploy.");
        return new RequestedCall(new TransactionCall(chainId, default, to, valueWei, bytes, Roles(roles)));
    }

    /// <summary>The call that an operation comes to when this wallet sends it.</summary>
    /// <exception cref="FailureException"><c>invalid_request</c>, naming the field.</exception>
    internal static TransactionCall Of(Operation operation, SignerRecord signer, IReadOnlyList<string> roles)
    {
        OperationCall call = operation.Encode(signer.Address).OrThrow();
        return new TransactionCall(operation.ChainId, signer.Id, call.To, call.Value, call.Data, Roles(roles));
    }

    /// <summary>The call as the policy judges it.</summary>
    internal TransactionCall By(SignerId signer) => _call with { Signer = signer };

    /// <summary>The caller's roles; what names none is left out.</summary>
    internal static ImmutableArray<Role> Roles(IReadOnlyList<string> texts)
    {
        ImmutableArray<Role>.Builder roles = ImmutableArray.CreateBuilder<Role>(texts.Count);
        foreach (string text in texts)
        {
            if (WireText.TryParse(text, out Role role))
                roles.Add(role);
        }

        return roles.ToImmutable();
    }

    private static FailureException Invalid(string field, string detail) =>
        new(new Failure(FailureCode.InvalidRequest, detail) { Field = field });
}
