using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Souk.Local.StandIns;

/// <summary>RSA keys made once a process and shared by its stand-ins: making one takes a fifth of a second.</summary>
/// <remarks>Key ids are every stand-in's own, so that one never accepts what another signed.</remarks>
internal static class FirebaseKeyPool
{
    /// <summary>The service account's key.</summary>
    public const int ServiceAccount = 0;

    /// <summary>A key that nobody publishes.</summary>
    public const int Forger = -1;

    private const int KeyBits = 2048;
    private static readonly ConcurrentDictionary<int, Lazy<RSAParameters>> Keys = new();

    /// <summary>The key at a place in the pool; signing keys count from 1.</summary>
    public static RSA Take(int place) =>
        RSA.Create(Keys.GetOrAdd(place, _ => new Lazy<RSAParameters>(Make)).Value);

    private static RSAParameters Make()
    {
        using RSA key = RSA.Create(KeyBits);
        return key.ExportParameters(includePrivateParameters: true);
    }
}
