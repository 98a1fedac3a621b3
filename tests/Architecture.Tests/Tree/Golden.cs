namespace Souk.Architecture.Tests.Tree;

/// <summary>Text that is committed and compared, so that a change of what it shows is a change in the diff.</summary>
/// <remarks>With the environment variable <see cref="Variable"/> set to 1 it is written instead of compared.</remarks>
internal static class Golden
{
    private const string Variable = "SOUK_WRITE_GOLDEN";

    /// <summary>How to write all of them anew.</summary>
    public const string Advice = $"If that is meant: {Variable}=1 dotnet test tests/Architecture.Tests, and commit.";

    private static bool IsWriting => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>The whole file is what is expected.</summary>
    public static void IsFile(string path, string expected, string what)
    {
        if (IsWriting) Write(path, expected);
        string committed = File.Exists(Repository.PathOf(path)) ? Repository.Read(path) : "";
        Compare(committed, expected, path, what);
    }

    /// <summary>What stands between two markers of a Markdown file is what is expected.</summary>
    public static void IsSection(string path, string marker, string expected, string what)
    {
        string begin = $"<!-- {marker} -->\n";
        string end = $"<!-- /{marker} -->";
        string text = File.Exists(Repository.PathOf(path)) ? Repository.Read(path) : "";
        int from = text.IndexOf(begin, StringComparison.Ordinal);
        int to = text.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
            Assert.Fail($"{path} needs {begin.Trim()} and {end} on lines of their own, around {what}. {Advice}");

        from += begin.Length;
        if (IsWriting) Write(path, text[..from] + expected + text[to..]);
        Compare(IsWriting ? expected : text[from..to], expected, path, what);
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Repository.PathOf(path))!);
        File.WriteAllText(Repository.PathOf(path), text);
    }

    private static void Compare(string committed, string expected, string path, string what)
    {
        if (committed == expected) return;
        string[] had = committed.Split('\n');
        string[] has = expected.Split('\n');
        IEnumerable<string> gone = has.Length == 0 ? had : had.Except(has).Select(line => $"- {line}");
        IEnumerable<string> came = has.Except(had).Select(line => $"+ {line}");
        Assert.Fail($"{path} is no longer {what}. {Advice}\n  {string.Join("\n  ", gone.Concat(came).Take(60))}");
    }
}
