using System.Text;
using Souk.Architecture.Tests.Tree;
using Souk.Domain.Chain;

namespace Souk.Architecture.Tests.Secrets;

/// <summary>No type that holds a secret prints it, so that no log line or message can by accident.</summary>
public sealed class SecretTypeTests
{
    private static readonly PrivateKey Key = PrivateKey.Parse($"0x{string.Concat(Enumerable.Repeat("1f", 32))}");

    [Fact]
    public void No_type_prints_text_that_its_name_says_is_secret()
    {
        Rule.Holds(
            SecretType.All.Where(found => found.Format()?.Contains(SecretType.Marker, StringComparison.Ordinal) == true)
                .Select(found => $"{found.Type}: {string.Join(", ", found.Fields.Select(field => field.Name))}"),
            "Override ToString() to say what the thing is without what it holds.");
    }

    [Fact]
    public void The_types_that_hold_secrets_are_known()
    {
        Golden.IsFile(
            "tests/Architecture.Tests/Golden/secret-types.txt",
            string.Concat(SecretType.All.Select(found => $"{found.Type}: prints {found.Format()}\n")
                .Order(StringComparer.Ordinal)),
            "the list of types that hold secrets, with what they print");
    }

    [Fact]
    public void A_private_key_prints_nothing_of_itself() =>
        Assert.DoesNotContain("1f", Key.ToString(), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void A_signature_prints_nothing_of_itself()
    {
        Signature signature = Key.Sign(Keccak256.Hash(Encoding.UTF8.GetBytes("anything")));

        string hex = Convert.ToHexStringLower(signature.ToArray());

        Assert.DoesNotContain(hex[..8], signature.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(hex[..8], $"{signature}", StringComparison.OrdinalIgnoreCase);
    }
}
