using Souk.Domain.Failures;

namespace Souk.Webhooks;

/// <summary>The name of a partner: in their paths, in Vault, and in the events that are theirs.</summary>
internal static class Partner
{
    private const int NameLengthMax = 64;

    /// <summary>Whether it is a name: 1 to 64 of a to z, 0 to 9 and <c>-</c>.</summary>
    internal static bool IsName(string text) => text.Length is > 0 and <= NameLengthMax
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>The partner in the path.</summary>
    /// <exception cref="FailureException"><c>not_found</c>: nobody can have this name.</exception>
    internal static string In(HttpContext context) =>
        (string)context.Request.RouteValues["partner"]! is { } name && IsName(name)
            ? name
            : throw new FailureException(FailureCode.NotFound, "There is no such partner.");
}
