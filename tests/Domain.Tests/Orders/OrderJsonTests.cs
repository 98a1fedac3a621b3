using System.Text.Json;
using Souk.Domain.Chain;
using Souk.Domain.Orders;

namespace Souk.Domain.Tests.Orders;

public sealed class OrderJsonTests
{
    [Fact]
    public void Reads_back_what_it_writes()
    {
        OrderComponents order = SampleOrders.Listing() with { EndTime = UInt256.MaxValue };

        OrderComponents read = OrderJson.Read(OrderJson.Write(order));

        Assert.Equal(order, read);
        Assert.Equal(order.GetHashCode(), read.GetHashCode());
        Assert.Equal(order.Hash(), read.Hash());
    }

    [Fact]
    public void Writes_integers_as_decimal_strings_and_enumerations_as_numbers()
    {
        using var json = JsonDocument.Parse(OrderJson.Write(SampleOrders.Listing()));
        JsonElement root = json.RootElement;

        Assert.Equal("1700000000", root.GetProperty("startTime").GetString());
        Assert.Equal("12345", root.GetProperty("salt").GetString());
        Assert.Equal(2, root.GetProperty("offer")[0].GetProperty("itemType").GetInt32());
        Assert.Equal("925000000000000000", root.GetProperty("consideration")[0].GetProperty("endAmount").GetString());
        Assert.False(root.TryGetProperty("totalOriginalConsiderationItems", out _));
    }

    [Fact]
    public void Reads_the_shape_of_other_marketplaces()
    {
        string json = OrderJson.Write(SampleOrders.Listing())
            .Replace("\"salt\":\"12345\"", "\"salt\":\"0x0003039\"", StringComparison.Ordinal)
            .Replace("\"counter\":", "\"totalOriginalConsiderationItems\":3,\"counter\":", StringComparison.Ordinal);

        Assert.Equal(SampleOrders.Listing(), OrderJson.Read(json));
    }

    [Theory]
    [InlineData("\"counter\":\"0\"", "\"counter\":0")]
    [InlineData("\"counter\":\"0\"", "\"counter\":null")]
    [InlineData("\"counter\":\"0\"", "\"counter\":\"-1\"")]
    [InlineData("\"counter\":\"0\"", "\"counter\":\"0\",\"counter\":\"0\"")]
    [InlineData("\"counter\":\"0\"", "\"counter\":\"0\",\"more\":1")]
    [InlineData("\"counter\":\"0\"", "\"totalOriginalConsiderationItems\":2,\"counter\":\"0\"")]
    [InlineData(",\"counter\":\"0\"", "")]
    [InlineData("\"orderType\":0", "\"orderType\":5")]
    [InlineData("\"itemType\":2", "\"itemType\":6")]
    [InlineData("\"salt\":\"12345\"", "\"salt\":\"0x\"")]
    [InlineData("\"salt\":\"12345\"", "\"salt\":null")]
    [InlineData("\"endAmount\":\"1\"", "\"endAmount\":\"1e18\"")]
    public void Refuses_anything_else(string part, string replacement)
    {
        string json = OrderJson.Write(SampleOrders.Listing());
        Assert.Contains(part, json, StringComparison.Ordinal);

        Assert.ThrowsAny<JsonException>(
            () => OrderJson.Read(json.Replace(part, replacement, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"order\"")]
    public void Refuses_what_is_no_order(string json) =>
        Assert.ThrowsAny<JsonException>(() => OrderJson.Read(json));
}
