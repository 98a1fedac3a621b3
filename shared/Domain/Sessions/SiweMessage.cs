using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Souk.Domain.Chain;

namespace Souk.Domain.Sessions;

/// <summary>A Sign-In with Ethereum message: what a wallet signs to prove that it is somebody's.</summary>
/// <remarks>
/// Source: ERC-4361. Reading checks the grammar alone: whether domain, URI, chain, nonce and times are those that
/// were asked for is the caller's to decide. Stricter than the grammar in three points: the address must carry its
/// EIP-55 checksum, the chain id no leading zeros, and the domain a host.
/// <see cref="ToString"/> is the message to the octet and with its signature signs somebody in: never log either.
/// </remarks>
public sealed record SiweMessage
{
    /// <summary>A longer text is refused unread, in characters: wallets show far less.</summary>
    public const int LengthMax = 8192;

    /// <summary>The only version there is.</summary>
    public const string Version = "1";

    internal const string Greeting = " wants you to sign in with your Ethereum account:";

    private readonly DateTimeOffset _issuedAt;
    private readonly DateTimeOffset? _expirationTime;
    private readonly DateTimeOffset? _notBefore;

    /// <summary>The scheme before the domain, such as <c>https</c>; null where none is written.</summary>
    public string? Scheme { get; init; }

    /// <summary>Who asks: an RFC 3986 authority, with its port where one is written.</summary>
    public required string Domain { get; init; }

    /// <summary>The account that signs in.</summary>
    public required Address Address { get; init; }

    /// <summary>What the person is told, in ASCII; null for none, which is not the same as an empty one.</summary>
    public string? Statement { get; init; }

    /// <summary>The resource that the sign-in is for, an RFC 3986 URI.</summary>
    public required string Uri { get; init; }

    /// <summary>The chain that the session is bound to, and where a contract's signature is checked.</summary>
    public required ChainId ChainId { get; init; }

    /// <summary>The challenge: at least 8 letters and digits.</summary>
    public required string Nonce { get; init; }

    /// <summary>When the message was made. Written in UTC to the millisecond unless it was read.</summary>
    public required DateTimeOffset IssuedAt
    {
        get => _issuedAt;
        init => (_issuedAt, IssuedAtText) = (value, SiweMessageGrammar.Write(value));
    }

    /// <summary>From when on the message is void.</summary>
    public DateTimeOffset? ExpirationTime
    {
        get => _expirationTime;
        init => (_expirationTime, ExpirationTimeText) = (value, SiweMessageGrammar.Write(value));
    }

    /// <summary>Until when the message is not valid yet.</summary>
    public DateTimeOffset? NotBefore
    {
        get => _notBefore;
        init => (_notBefore, NotBeforeText) = (value, SiweMessageGrammar.Write(value));
    }

    /// <summary>The asking party's own name for the request; null for none.</summary>
    public string? RequestId { get; init; }

    /// <summary>RFC 3986 URIs that come along; null where the list is absent, which is not an empty list.</summary>
    public IReadOnlyList<string>? Resources { get; init; }

    /// <summary>The time as it was read: an offset or other digits must come back as they were signed.</summary>
    internal string IssuedAtText { get; init; } = "";

    internal string? ExpirationTimeText { get; init; }

    internal string? NotBeforeText { get; init; }

    /// <summary>Reads a message.</summary>
    /// <exception cref="FormatException">The text is none. The exception does not repeat it.</exception>
    public static SiweMessage Parse(string text) =>
        TryParse(text, out SiweMessage? message)
            ? message
            : throw new FormatException("The text is no Sign-In with Ethereum message.");

    /// <summary>Reads a message; false for every text that ERC-4361 does not describe.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SiweMessage? message)
    {
        message = text is null || text.Length > LengthMax ? null : SiweMessageParser.Read(text);
        return message is not null;
    }

    /// <summary>The digest that the wallet signs: EIP-191 over the text.</summary>
    public Bytes32 Hash() => Eip191.HashPersonalMessage(ToString());

    /// <summary>Equal texts.</summary>
    public bool Equals(SiweMessage? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text to sign, with single line feeds and none at its end.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Scheme is not null) text.Append(Scheme).Append("://");
        text.Append(Domain).Append(Greeting).Append('\n').Append(Address.ToString()).Append("\n\n");
        if (Statement is not null) text.Append(Statement).Append('\n');
        text.Append("\nURI: ").Append(Uri)
            .Append("\nVersion: " + Version)
            .Append(CultureInfo.InvariantCulture, $"\nChain ID: {ChainId}")
            .Append("\nNonce: ").Append(Nonce)
            .Append("\nIssued At: ").Append(IssuedAtText);
        if (ExpirationTimeText is not null) text.Append("\nExpiration Time: ").Append(ExpirationTimeText);
        if (NotBeforeText is not null) text.Append("\nNot Before: ").Append(NotBeforeText);
        if (RequestId is not null) text.Append("\nRequest ID: ").Append(RequestId);
        if (Resources is null) return text.ToString();

        text.Append("\nResources:");
        foreach (string resource in Resources) text.Append("\n- ").Append(resource);
        return text.ToString();
    }
}
