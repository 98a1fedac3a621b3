using System.Security.Cryptography;

namespace Souk.Platform.Randomness;

/// <summary>The one place randomness comes from; tests give a seeded one.</summary>
public abstract class EntropySource
{
    /// <summary>The operating system's generator.</summary>
    public static EntropySource System { get; } = new SystemEntropy();

    /// <summary>Fills <paramref name="bytes"/> with random octets.</summary>
    public abstract void Fill(Span<byte> bytes);

    /// <summary>A new identifier that sorts by time (UUID version 7, RFC 9562 section 5.7).</summary>
    /// <param name="now">The unit of work's time; its milliseconds lead the identifier.</param>
    public Guid NewId(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes[6..]);
        long milliseconds = now.ToUnixTimeMilliseconds();
        for (int i = 5; i >= 0; i--)
        {
            bytes[i] = (byte)(milliseconds & 0xff);
            milliseconds >>= 8;
        }

        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Random octets as unpadded base64url text (RFC 4648 section 5).</summary>
    /// <param name="byteCount">How many octets; 32 for a bearer secret.</param>
    public string NewToken(int byteCount)
    {
        byte[] bytes = new byte[byteCount];
        Fill(bytes);
        return global::System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }

    private sealed class SystemEntropy : EntropySource
    {
#pragma warning disable RS0030 // This is the source that the ban points to.
        public override void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
#pragma warning restore RS0030
    }
}
