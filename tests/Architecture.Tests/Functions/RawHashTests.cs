using System.Reflection;
using Souk.Architecture.Tests.Tree;
using Souk.Domain.Chain;
using Souk.Platform.MetaKeep;

namespace Souk.Architecture.Tests.Functions;

/// <summary>
/// A hash that somebody else made says nothing of what it does, so no policy could judge it: there is no way to have
/// one signed. Seen elsewhere: an endpoint for raw hashes beside the one with the spending cap.
/// </summary>
public sealed class RawHashTests
{
    private static readonly string[] SigningCalls =
        [nameof(MetaKeepClient.SignTransactionAsync), nameof(MetaKeepClient.SignTypedDataAsync)];

    private static readonly Type[] Opaque =
    [
        typeof(Bytes32), typeof(TransactionHash), typeof(OrderHash), typeof(byte[]), typeof(ReadOnlyMemory<byte>),
        typeof(Memory<byte>), typeof(object),
    ];

    [Fact]
    public void The_signing_providers_client_signs_what_can_be_read_and_nothing_else()
    {
        MethodInfo[] methods = typeof(MetaKeepClient)
            .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
                | BindingFlags.DeclaredOnly);

        Rule.Holds(
            methods.Where(method => !method.IsPrivate
                    && method.Name.Contains("Sign", StringComparison.OrdinalIgnoreCase)
                    && !SigningCalls.Contains(method.Name))
                .Select(method => method.Name),
            "A policy must read what is signed: sign a transaction or typed data.");
        Rule.Holds(
            methods.Where(method => SigningCalls.Contains(method.Name))
                .SelectMany(method => method.GetParameters().Where(it => Opaque.Contains(it.ParameterType))
                    .Select(it => $"{method.Name}: {it.Name}")),
            "Take the thing itself: its hash is made here, from what the policy judged.");
    }

    [Fact]
    public void The_signing_providers_addresses_are_of_calls_that_can_be_read()
    {
        string client = Repository.Read("shared/Platform/MetaKeep/MetaKeepClient.cs");

        Assert.Contains("/v2/app/sign/transaction", client, StringComparison.Ordinal);
        Rule.Holds(
            new[] { "sign/message", "personal", "sign/hash", "signMessage", "sign/raw" }
                .Where(path => client.Contains(path, StringComparison.OrdinalIgnoreCase)),
            "MetaKeep signs messages and hashes too; nothing that no policy can read goes there.");
    }

    [Fact]
    public void No_endpoint_of_Signing_takes_a_hash_to_sign()
    {
        Type[] requests =
        [
            .. OurAssemblies.Functions["Signing"].GetTypes()
                .Where(type => type.IsNested && type.Name.StartsWith("Request", StringComparison.Ordinal)
                    && type.GetProperties().Length > 0),
        ];

        Assert.NotEmpty(requests);
        Rule.Holds(
            requests.SelectMany(type => type.GetProperties()
                .Where(it => Opaque.Contains(Nullable.GetUnderlyingType(it.PropertyType) ?? it.PropertyType)
                    || it.Name.Contains("Hash", StringComparison.OrdinalIgnoreCase)
                    || it.Name.Contains("Digest", StringComparison.OrdinalIgnoreCase))
                .Select(it => $"{type.DeclaringType!.Name}.{type.Name}: {it.Name}"))
                .Except(["ProposePolicy.Request: CodeHashes", "ProposeSignatureType.Request: TypeHash"]),
            "Ask for a call, a payment, a deployment or typed data: what a policy can judge.");
        Rule.Holds(
            FunctionHosts.Routes.Where(route => route.Function == "signing"
                    && route.Path.Split('/', '-').Any(word => word is "hash" or "raw" or "message" or "messages"))
                .Select(route => $"{route.Method} {route.Path}"),
            "No endpoint signs a raw hash or message.");
    }
}
