using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Souk.Domain.Chain;

namespace Souk.Local.StandIns;

/// <summary>One app at the stand-in: an API key pair, one chain and one wallet, all from a seed.</summary>
public sealed class MetaKeepApp
{
    private readonly byte[] _publicKey;
    private readonly string _vendorSeed;

    internal MetaKeepApp(string seed, ChainId chain, int number)
    {
        ChainId = chain;
        _vendorSeed = seed;
        Seed = number == 1 ? $"{seed}/{chain}" : $"{seed}/{chain}/{number}";
        byte[] scalar = SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed}/api"));
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        _publicKey = key.ExportSubjectPublicKeyInfo();
        ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
        ApiKey = Convert.ToBase64String([(byte)((point.Y![^1] & 1) == 0 ? 2 : 3), .. point.X!]);
        ApiSecret = Base64Url.EncodeToString(scalar);
        Wallet = OwnWallet("developer");
    }

    /// <summary>The only chain whose transactions the app signs.</summary>
    public ChainId ChainId { get; }

    /// <summary>What goes into <c>x-api-key</c>.</summary>
    public string ApiKey { get; }

    /// <summary>What signs requests.</summary>
    public string ApiSecret { get; }

    /// <summary>The developer wallet's key; tests look at its address.</summary>
    public PrivateKey Wallet { get; }

    /// <summary>Whether a request without a signature is turned away.</summary>
    public bool IsSignatureRequired { get; set; } = true;

    /// <summary>Whether the app answers at all; a disabled one's key gives 403.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Whether it answers with signatures of a wallet that is not its own: no client may use them.</summary>
    public bool IsImpostor { get; set; }

    /// <summary>Awaited before each signature of a transaction: where a test interferes; null: nothing.</summary>
    public Func<Task>? Signing { get; set; }

    /// <summary>Which transactions are refused for good, by the reason that they come with; null: none.</summary>
    public Predicate<string>? Refuses { get; set; }

    /// <summary>Which transactions meet an error of the vendor's own, again and again; null: none.</summary>
    public Predicate<string>? Fails { get; set; }

    /// <summary>The most requests within one second.</summary>
    public int RequestsPerSecondMax { get; set; } = 100;

    /// <summary>The key that signs what the developer wallet is asked for.</summary>
    internal PrivateKey SigningKey => IsImpostor ? OwnWallet("impostor") : Wallet;

    private string Seed { get; }

    /// <summary>The embedded wallet of a person: the same one for ever, and in every app.</summary>
    public PrivateKey WalletOf(string email) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{_vendorSeed}/wallet/{email}")));

    private PrivateKey OwnWallet(string name) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed}/wallet/{name}")));

    internal bool HasSigned(byte[] stringToSign, string signature)
    {
        if (!Convert.TryFromBase64String(signature, new byte[signature.Length], out int length) || length != 64)
            return false;

        using ECDsa key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_publicKey, out _);
        return key.VerifyData(
            SHA256.HashData(stringToSign),
            Convert.FromBase64String(signature),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
