using Souk.Local.Demo;
using Souk.Local.Supervision;

namespace Souk.Local.Tests.Story;

/// <summary>SIGKILL of any one function between any two steps of a purchase ends in the same books.</summary>
public sealed class KillTests(SalePlatform sales) : IClassFixture<SalePlatform>
{
    public static TheoryData<string, string> EachFunctionAfterEachStep()
    {
        TheoryData<string, string> cases = [];
        foreach (string function in FunctionCatalog.Names)
        {
            foreach (string step in Sale.Steps.SkipLast(1))
                cases.Add(function, step);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(EachFunctionAfterEachStep))]
    public async Task Killing_a_function_between_two_steps_ends_in_the_same_books(string function, string after)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        Sale sale = await sales.BeginSaleAsync(cancellationToken);

        foreach (string step in Sale.Steps)
        {
            await sale.DoAsync(step, cancellationToken);
            if (step != after)
                continue;
            int killed = sales.Platform.Functions.ProcessIdOf(function);
            await sales.Platform.Functions.KillAsync(function, cancellationToken);
            await sales.Platform.Functions.RestartAsync(function, cancellationToken);
            Assert.NotEqual(killed, sales.Platform.Functions.ProcessIdOf(function));
        }

        Assert.StartsWith(
            "Money is conserved", await sale.RequireBooksAsync(cancellationToken), StringComparison.Ordinal);
    }
}
