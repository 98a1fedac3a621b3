using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Garnet.server;

namespace Souk.Local.Servers;

/// <summary>Lets Garnet read its own command table, which it keeps as JSON inside its assembly.</summary>
/// <remarks>
/// It relies on reflection-based JSON, which is off in every program here, so that a type missing from one of our
/// contexts fails in tests as it would ahead of time. Garnet alone gets the resolver it needs, on its own options.
/// Checked with Microsoft.Garnet 2.2.8; should a later version differ, the server's test fails.
/// </remarks>
internal static class GarnetJson
{
    private static readonly Lazy<bool> Ready = new(() =>
    {
        Type provider = typeof(RespCommandsInfo).Assembly.GetType(
            "Garnet.server.DefaultRespCommandsDataProvider`1", throwOnError: true)!;
        Allow(provider.MakeGenericType(typeof(RespCommandsInfo)));
        Allow(provider.MakeGenericType(typeof(RespCommandDocs)));
        return true;
    });

    /// <summary>To be called before the first server of the process starts.</summary>
    public static void Allow() => _ = Ready.Value;

    private static void Allow(Type provider)
    {
        FieldInfo field = provider.GetField("SerializerOptions", BindingFlags.NonPublic | BindingFlags.Static)
            ?? throw new MissingFieldException(provider.FullName, "SerializerOptions");
        ((JsonSerializerOptions)field.GetValue(null)!).TypeInfoResolver = new DefaultJsonTypeInfoResolver();
    }
}
