using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Souk.Architecture.Tests.Tree;
using Souk.Platform.Alchemy;
using Souk.Platform.MetaKeep;

namespace Souk.Architecture.Tests.Functions;

/// <summary>The names that a function asks of its secret in Vault, read from the code that asks.</summary>
internal static class SecretNames
{
    /// <summary>The names that the function's own files ask for, and those that what it uses asks for.</summary>
    public static IEnumerable<string> Of(string folder)
    {
        string composition = string.Concat(SourceFile.Under($"functions/{folder}/").Select(file => file.Text));
        IEnumerable<string> own = SourceFile.Under($"functions/{folder}/").SelectMany(file => In(file.Root));
        MethodDeclarationSyntax[] builder = [.. SourceFile.Under("shared/Platform/Hosting/FunctionBuilder.cs")
            .SelectMany(file => file.Nodes<MethodDeclarationSyntax>())];
        IEnumerable<string> used = builder
            .Where(method => composition.Contains($".{method.Identifier.Text}(", StringComparison.Ordinal))
            .SelectMany(method => In(method).Concat(builder
                .Where(helper => Mentions(method, helper.Identifier.Text)).SelectMany(helper => In(helper))));
        return own.Concat(used).Concat(Clients(composition)).Distinct().Order(StringComparer.Ordinal);
    }

    /// <summary>The names that clients of Platform ask for on behalf of whoever uses them.</summary>
    private static IEnumerable<string> Clients(string composition)
    {
        // Which endpoint takes which key stands in the settings; Alchemy's is the default of them all.
        IEnumerable<string> chains = composition.Contains(".UseChains(", StringComparison.Ordinal)
            ? [NodeSettings.AlchemyKey]
            : [];
        IEnumerable<string> apps = composition.Contains(nameof(MetaKeepCredentials), StringComparison.Ordinal)
            ? SourceFile.Under("shared/Platform/MetaKeep/MetaKeepCredentials.cs").SelectMany(file => In(file.Root))
            : [];
        return chains.Concat(apps);
    }

    private static bool Mentions(SyntaxNode node, string name) =>
        node.DescendantNodes().OfType<IdentifierNameSyntax>().Any(used => used.Identifier.Text == name);

    // secret["name"], secrets.TryGet($"name_{x}"), or either with a constant.
    private static IEnumerable<string> In(SyntaxNode node)
    {
        IEnumerable<ExpressionSyntax> indexed = node.DescendantNodes().OfType<ElementAccessExpressionSyntax>()
            .Where(access => access.Expression.ToString().Contains("ecret", StringComparison.Ordinal))
            .Select(access => access.ArgumentList.Arguments[0].Expression);
        IEnumerable<ExpressionSyntax> tried = node.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(call => call.Expression.ToString() is "secret.TryGet" or "secrets.TryGet")
            .Select(call => call.ArgumentList.Arguments[0].Expression);
        return indexed.Concat(tried).Select(Spell).OfType<string>();
    }

    private static string? Spell(ExpressionSyntax name) => name switch
    {
        LiteralExpressionSyntax literal => literal.Token.ValueText,
        InterpolatedStringExpressionSyntax text => string.Concat(text.Contents.Select(part => part.ToString())),
        MemberAccessExpressionSyntax constant => SourceFile.Production
            .SelectMany(file => file.Nodes<VariableDeclaratorSyntax>())
            .Where(variable => variable.Identifier.Text == constant.Name.Identifier.Text)
            .Select(variable => variable.Initializer?.Value).OfType<LiteralExpressionSyntax>()
            .Select(literal => literal.Token.ValueText).FirstOrDefault(),
        _ => null,
    };
}
