using Microsoft.CodeAnalysis.CSharp.Syntax;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Functions;

/// <summary>What a function's class maps with MapEvents.</summary>
/// <param name="Function">The function's name.</param>
/// <param name="EventType">The property of EventType; null for a schedule.</param>
/// <param name="Job">The schedule; null for an event.</param>
internal sealed record HandledEvents(string Function, string? EventType, string? Job)
{
    /// <summary>All of them, in the order they are mapped.</summary>
    public static IReadOnlyList<HandledEvents> All { get; } =
    [
        .. Repository.Services.SelectMany(folder => SourceFile.Under($"functions/{folder}/")
            .SelectMany(file => file.Nodes<InvocationExpressionSyntax>())
            .OrderBy(call => call.ArgumentList.SpanStart)
            .Select(call => Read(folder.ToLowerInvariant(), call))
            .OfType<HandledEvents>()),
    ];

    private static HandledEvents? Read(string function, InvocationExpressionSyntax call)
    {
        if (call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.Text: { } name }) return null;
        ExpressionSyntax? first = call.ArgumentList.Arguments.FirstOrDefault()?.Expression;
        return (name, first) switch
        {
            ("OnSchedule", LiteralExpressionSyntax job) => new HandledEvents(function, null, job.Token.ValueText),
            ("On", MemberAccessExpressionSyntax type) => new HandledEvents(function, type.Name.Identifier.Text, null),
            _ => null,
        };
    }
}
