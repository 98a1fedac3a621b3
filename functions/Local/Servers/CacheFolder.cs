namespace Souk.Local.Servers;

/// <summary>Where things are kept that the next start would otherwise make or fetch again.</summary>
internal static class CacheFolder
{
    /// <summary>A folder of that name in the user's cache; safe to delete at any time.</summary>
    public static string For(string name)
    {
        string? configured = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string root = !string.IsNullOrEmpty(configured) ? configured
            : !string.IsNullOrEmpty(home) ? Path.Combine(home, ".cache")
            : Path.Combine(Path.GetTempPath(), $"souk-cache-{Environment.UserName}");
        return Directory.CreateDirectory(Path.Combine(root, "souk", name)).FullName;
    }
}
