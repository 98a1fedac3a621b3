using Microsoft.CodeAnalysis.CSharp.Syntax;
using Souk.Architecture.Tests.Tree;

namespace Souk.Architecture.Tests.Source;

public sealed class NamingTests
{
    private static readonly string[] BannedFolders =
    [
        "Controllers", "Services", "Repositories", "Interfaces", "Models", "Helpers", "Utils", "Utilities", "Common",
        "Misc",
    ];

    [Fact]
    public void No_folder_is_named_for_a_layer_or_for_nothing()
    {
        Rule.Holds(
            Repository.Files.Select(path => (Path: path, Folders: path.Split('/')[..^1]))
                .Where(file => file.Folders.Intersect(BannedFolders, StringComparer.OrdinalIgnoreCase).Any())
                .Select(file => file.Path),
            "Name a folder for what is in it: an outside system, a concept of the domain, or a function.");
    }

    [Fact]
    public void A_namespace_is_the_folder()
    {
        Rule.Holds(
            SourceFile.All.Where(file => file.Name != "Program").SelectMany(file => file
                .Nodes<BaseNamespaceDeclarationSyntax>()
                .Where(space => space.Name.ToString() != NamespaceOf(file.Path))
                .Select(space => $"{file.At(space)}: {space.Name} should be {NamespaceOf(file.Path)}")),
            "Give a file the namespace Souk.<Project>.<Folder>, or move it to the folder its namespace names.");
    }

    [Fact]
    public void A_file_of_a_function_is_named_for_the_type_in_it()
    {
        Rule.Holds(
            SourceFile.Production.Where(file => file.IsUnder("functions/") && file.Name != "Program")
                .Where(file => !file.Nodes<BaseTypeDeclarationSyntax>().Any(type => type.Identifier.Text == file.Name))
                .Select(file => file.Path),
            "One file a use case, named verb and noun: name the file for the type that a reader looks for in it.");
    }

    [Fact]
    public void An_interface_has_two_implementations_that_ship()
    {
        Dictionary<string, int> implementations = SourceFile.All.Where(file => !file.IsUnder("tests/"))
            .SelectMany(file => file.Nodes<TypeDeclarationSyntax>())
            .SelectMany(type => type.BaseList?.Types.Select(parent => parent.Type.ToString().Split('<')[0]) ?? [])
            .CountBy(name => name)
            .ToDictionary();

        Rule.Holds(
            SourceFile.Production.SelectMany(file => file.Nodes<InterfaceDeclarationSyntax>()
                .Where(type => implementations.GetValueOrDefault(type.Identifier.Text) < 2)
                .Select(type => $"{file.At(type)}: {type.Identifier.Text}")),
            "An interface exists only where two implementations ship: take the class; a stand-in server is the seam.");
    }

    private static string NamespaceOf(string path)
    {
        // A test project's folder has the dot in its name: tests/Auth.Tests is Souk.Auth.Tests.
        string[] folders = path.Split('/')[1..^1];
        return $"Souk.{string.Join('.', folders)}";
    }
}
