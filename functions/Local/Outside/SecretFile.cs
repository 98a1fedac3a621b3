namespace Souk.Local.Outside;

/// <summary>A file that only this user can read.</summary>
internal static class SecretFile
{
    /// <summary>Writes it; the mode is set before there is anything to read.</summary>
    public static void Write(string path, string text)
    {
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using StreamWriter writer = new(path, options);
        writer.Write(text);
    }
}
