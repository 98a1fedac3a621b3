using Souk.Domain.Sessions;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class GetTransactionTests(SigningWorld world)
{
    [Fact]
    public async Task Says_not_found_for_another_id() => Assert.Equal(
        "not_found", (await world.GetAsync(world.Operator, $"/v1/transactions/{Guid.NewGuid()}")).Code);

    [Fact]
    public async Task Shows_nothing_to_whom_may_not_read()
    {
        TestPerson trader = await world.AddPersonAsync(Role.Trader);

        ApiAnswer refused = await world.GetAsync(trader, $"/v1/transactions/{Guid.NewGuid()}");

        Assert.Equal(403, refused.Status);
    }
}
