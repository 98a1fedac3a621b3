using System.Globalization;

namespace Souk.Local.Supervision;

/// <summary>Where a function listens, and the file by which it proves to Vault who it is.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Port">Its loopback port, the same after each restart.</param>
/// <param name="TokenPath">Its service-account token's file.</param>
internal sealed record FunctionPlace(string Function, int Port, string TokenPath)
{
    /// <summary>Where callers and the broker reach it.</summary>
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/"));
}
