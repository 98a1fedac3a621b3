using System.Text.Json;
using Souk.Harness;

namespace Souk.Signing.Tests;

[Collection(SigningCollection.Name)]
public sealed class ListTransactionsTests(SigningWorld world)
{
    [Fact]
    public async Task Pages_through_all_newest_first_without_gap_or_repeat()
    {
        List<string> queued = [];
        for (int i = 0; i < 5; i++)
            queued.Add((await world.QueueMintAsync()).Id);

        List<string> listed = [];
        string? cursor = null;
        do
        {
            string query = $"?status=queued&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}";
            ApiAnswer page = await world.GetAsync(world.Operator, $"/v1/transactions{query}");
            Assert.Equal(200, page.Status);
            listed.AddRange(page.Json.GetProperty("items").EnumerateArray()
                .Select(it => it.GetProperty("id").GetString()!));
            JsonElement next = page.Json.GetProperty("cursor");
            cursor = next.ValueKind == JsonValueKind.Null ? null : next.GetString();
        }
        while (cursor is not null);

        Assert.Equal(queued.AsEnumerable().Reverse(), listed.Where(queued.Contains));
        Assert.Equal(listed.Count, listed.Distinct().Count());
        await world.TickAsync();
    }

    [Theory]
    [InlineData("status=lost")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("signer=me")]
    public async Task Refuses_a_malformed_query(string query) => Assert.Equal(
        "invalid_request", (await world.GetAsync(world.Operator, $"/v1/transactions?{query}")).Code);
}
