using Souk.Domain.Chain;

namespace Souk.Domain.Sessions;

/// <summary>Reads the lines of a message, each in the one place where ERC-4361 allows it.</summary>
internal sealed class SiweMessageParser
{
    private readonly string[] _lines;
    private int _at;

    private SiweMessageParser(string text) => _lines = text.Split('\n');

    /// <summary>The message, or null: no line's own failure is told, for nobody could do anything about it.</summary>
    internal static SiweMessage? Read(string text)
    {
        var parser = new SiweMessageParser(text);
        return parser.ReadAll();
    }

    private SiweMessage? ReadAll()
    {
        if (!TryReadOrigin(out string? scheme, out string domain)) return null;
        if (Next() is not string account || !Address.TryParse(account, out Address address)) return null;
        if (address.ToString() != account || Next() is not "") return null;
        if (!TryReadStatement(out string? statement)) return null;

        if (After("URI: ") is not string uri || !SiweMessageGrammar.IsUri(uri)) return null;
        if (After("Version: ") != SiweMessage.Version) return null;
        if (!ChainId.TryParse(After("Chain ID: "), out ChainId chain)) return null;
        if (After("Nonce: ") is not string nonce || !SiweMessageGrammar.IsNonce(nonce)) return null;
        if (!SiweMessageGrammar.TryReadTime(After("Issued At: "), out DateTimeOffset issuedAt, out string issued))
            return null;

        if (!TryReadOptionalTime("Expiration Time: ", out DateTimeOffset? expirationTime, out string? expiration))
            return null;
        if (!TryReadOptionalTime("Not Before: ", out DateTimeOffset? notBefore, out string? before)) return null;
        string? requestId = After("Request ID: ");
        if (requestId is not null && !SiweMessageGrammar.IsRequestId(requestId)) return null;
        if (!TryReadResources(out List<string>? resources) || _at != _lines.Length) return null;

        return new SiweMessage
        {
            Scheme = scheme,
            Domain = domain,
            Address = address,
            Statement = statement,
            Uri = uri,
            ChainId = chain,
            Nonce = nonce,
            IssuedAt = issuedAt,
            ExpirationTime = expirationTime,
            NotBefore = notBefore,
            RequestId = requestId,
            Resources = resources,

            // After the times, which would write themselves anew.
            IssuedAtText = issued,
            ExpirationTimeText = expiration,
            NotBeforeText = before,
        };
    }

    private bool TryReadOrigin(out string? scheme, out string domain)
    {
        scheme = null;
        domain = "";
        string line = Next() ?? "";
        if (!line.EndsWith(SiweMessage.Greeting, StringComparison.Ordinal)) return false;

        domain = line[..^SiweMessage.Greeting.Length];
        int separator = domain.IndexOf("://", StringComparison.Ordinal);
        if (separator >= 0)
        {
            scheme = domain[..separator];
            domain = domain[(separator + 3)..];
        }

        bool isScheme = scheme is null || SiweMessageGrammar.IsScheme(scheme);
        return isScheme && SiweMessageGrammar.IsAuthority(domain, isHostRequired: true);
    }

    /// <summary>A line and an empty one, or the empty one alone. An empty statement makes two empty lines.</summary>
    private bool TryReadStatement(out string? statement)
    {
        statement = null;
        if (Next() is not string line) return false;
        if (line is "" && Peek() is not "") return true;

        statement = line;
        return SiweMessageGrammar.IsStatement(line) && Next() is "";
    }

    private bool TryReadOptionalTime(string label, out DateTimeOffset? time, out string? text)
    {
        time = null;
        text = After(label);
        if (text is null) return true;
        if (!SiweMessageGrammar.TryReadTime(text, out DateTimeOffset read, out _)) return false;
        time = read;
        return true;
    }

    private bool TryReadResources(out List<string>? resources)
    {
        resources = null;
        if (Peek() != "Resources:") return true;
        _at++;
        resources = [];
        while (After("- ") is string resource)
        {
            if (!SiweMessageGrammar.IsUri(resource)) return false;
            resources.Add(resource);
        }

        return true;
    }

    private string? Peek() => _at < _lines.Length ? _lines[_at] : null;

    private string? Next() => _at < _lines.Length ? _lines[_at++] : null;

    /// <summary>The rest of the line if it begins so; else null, and the line stays.</summary>
    private string? After(string label)
    {
        if (Peek() is not string line || !line.StartsWith(label, StringComparison.Ordinal)) return null;
        _at++;
        return line[label.Length..];
    }
}
