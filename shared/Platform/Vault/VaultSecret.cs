using Souk.Domain.Failures;

namespace Souk.Platform.Vault;

/// <summary>One version of a KV secret: named values that never print themselves.</summary>
public sealed class VaultSecret
{
    private readonly string _path;
    private readonly IReadOnlyDictionary<string, string> _values;

    internal VaultSecret(string path, int version, IReadOnlyDictionary<string, string> values) =>
        (_path, Version, _values) = (path, version, values);

    /// <summary>The version that was read.</summary>
    public int Version { get; }

    /// <summary>The value of this name.</summary>
    /// <exception cref="FailureException"><c>upstream_unavailable</c>: there is none, or it is empty.</exception>
    public string this[string name] => TryGet(name) ?? throw VaultFailures.Missing(_path, name);

    /// <summary>The value of this name; null when there is none or it is empty.</summary>
    public string? TryGet(string name) =>
        _values.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;

    /// <summary>The path and version; never a name or a value.</summary>
    public override string ToString() => $"VaultSecret({_path}, version {Version}, redacted)";
}

/// <summary>The database user and password that Vault keeps for a role, and rotates.</summary>
/// <param name="UserName">The login user.</param>
/// <param name="Password">Its password until the next rotation.</param>
public sealed record DatabaseCredential(string UserName, string Password)
{
    /// <summary>The user; never the password.</summary>
    public override string ToString() => $"DatabaseCredential({UserName}, redacted)";
}

/// <summary>A data key: its octets to encrypt with, and its wrapped form to store beside what it encrypted.</summary>
/// <param name="Plaintext">32 octets; never stored.</param>
/// <param name="Ciphertext">The key wrapped by transit, <c>vault:v…</c>; safe to store.</param>
public sealed record VaultDataKey(byte[] Plaintext, string Ciphertext)
{
    /// <summary>Nothing of the key.</summary>
    public override string ToString() => "VaultDataKey(redacted)";
}
