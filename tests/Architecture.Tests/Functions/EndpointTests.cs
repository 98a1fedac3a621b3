using System.Reflection;
using Souk.Architecture.Tests.Tree;
using Souk.Domain.Sessions;

namespace Souk.Architecture.Tests.Functions;

public sealed class EndpointTests
{
    [Fact]
    public void Every_endpoint_says_who_may_call_it()
    {
        Rule.Holds(
            FunctionHosts.Routes
                .Where(route => route.Access is null
                    || (route.Access.Scope is null) == string.IsNullOrWhiteSpace(route.Access.AnonymousReason))
                .Select(route => $"{route.Function} {route.Method} {route.Path}"),
            "Map it with RequireScope, RequireAdminScope, or AllowAnyone and the reason.");
    }

    [Fact]
    public void Every_scope_that_opens_an_endpoint_is_one_that_a_role_can_have()
    {
        HashSet<string> scopes =
        [
            .. typeof(RoleScopes).GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!),
        ];

        Rule.Holds(
            FunctionHosts.Routes.Where(route => route.Access?.Scope is { } scope && !scopes.Contains(scope))
                .Select(route => $"{route.Function} {route.Method} {route.Path}: {route.Access?.Scope}"),
            "Use a constant of Domain/Sessions/RoleScopes.cs; a scope that nobody is granted opens to nobody.");
    }

    [Fact]
    public void Administrators_paths_and_scopes_go_together()
    {
        Rule.Holds(
            FunctionHosts.Routes
                .Where(route => route.Path.StartsWith("/v1/admin/", StringComparison.Ordinal)
                    && route.Access?.IsAdmin != true)
                .Select(route => $"{route.Function} {route.Method} {route.Path}"),
            "What is under /v1/admin asks for a token of the administrators' host: RequireAdminScope.");
    }

    [Fact]
    public void The_endpoints_that_anyone_may_call_are_known()
    {
        IEnumerable<string> lines = FunctionHosts.Routes.Where(route => route.Access?.AnonymousReason is not null)
            .Select(route => $"{route.Function} {route.Method} {route.Path}: {route.Access?.AnonymousReason}");

        Golden.IsFile(
            "tests/Architecture.Tests/Golden/anonymous-endpoints.txt",
            string.Concat(lines.Select(line => $"{line}\n")),
            "the list of endpoints that anyone may call");
    }

    [Fact]
    public void The_routes_and_their_scopes_are_known()
    {
        IEnumerable<string> lines = FunctionHosts.Routes.Where(route => route.Access is not null)
            .Select(route => $"{route.Function} {route.Method} {route.Path}: {ScopeOf(route)}");

        Golden.IsFile(
            "tests/Architecture.Tests/Golden/routes.txt",
            string.Concat(lines.Select(line => $"{line}\n")),
            "the list of routes and their scopes");
    }

    private static string ScopeOf(MappedRoute route) => route.Access switch
    {
        { Scope: { } scope, IsAdmin: true } => $"{scope} of an administrator",
        { Scope: { } scope } => scope,
        _ => "anyone",
    };
}
