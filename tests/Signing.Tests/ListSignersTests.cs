using System.Text.Json;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class ListSignersTests(SigningWorld world)
{
    [Fact]
    public async Task Names_the_wallet_that_MetaKeep_keeps()
    {
        Queued mint = await world.QueueMintAsync();

        ApiAnswer listed = await world.GetAsync(world.Operator, "/v1/signers");

        JsonElement signer = listed.Json.GetProperty("items").EnumerateArray().Single();
        Assert.Equal(world.Wallet.ToString(), signer.GetProperty("address").GetString());
        Assert.Equal(mint.Json.GetProperty("signerId").GetString(), signer.GetProperty("id").GetString());
        await world.TickAsync();
    }
}
