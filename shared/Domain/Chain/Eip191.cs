using System.Text;

namespace Souk.Domain.Chain;

/// <summary>What <c>personal_sign</c> signs.</summary>
/// <remarks>
/// Source: EIP-191, version 0x45. The prefix begins with an octet that no transaction begins with, so that a
/// message can never be broadcast as one.
/// </remarks>
public static class Eip191
{
    /// <summary>
    /// Keccak-256 of <c>"\x19Ethereum Signed Message:\n"</c>, the length of the UTF-8 in decimal, and the UTF-8.
    /// </summary>
    /// <exception cref="EncoderFallbackException">The text holds an unpaired surrogate.</exception>
    public static Bytes32 HashPersonalMessage(string message) => HashPersonalMessage(StrictUtf8.GetBytes(message));

    /// <summary>The same for octets that are no text, such as a digest.</summary>
    public static Bytes32 HashPersonalMessage(ReadOnlySpan<byte> message)
    {
        Keccak256Digest digest = Keccak256.Start();
        digest.Append(StrictUtf8.GetBytes($"\u0019Ethereum Signed Message:\n{message.Length}"));
        digest.Append(message);
        return digest.Finish();
    }
}
