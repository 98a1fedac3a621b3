using Souk.Harness;
using Souk.Platform.Randomness;

namespace Souk.Platform.Tests.Randomness;

public sealed class EntropySourceTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Makes_version_7_identifiers_that_carry_their_time()
    {
        Guid id = EntropySource.System.NewId(Now);

        Assert.Equal(7, id.Version);
        Assert.Equal(0b10, id.Variant >> 2);
        Assert.Equal(Now.ToUnixTimeMilliseconds().ToString("x12", null), id.ToString("N")[..12]);
    }

    [Fact]
    public void Makes_identifiers_that_sort_by_time_as_PostgreSQL_sorts_them()
    {
        string[] ids =
        [
            .. Enumerable.Range(0, 100).Select(ms => EntropySource.System.NewId(Now.AddMilliseconds(ms)).ToString()),
        ];

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void Makes_no_identifier_twice()
    {
        IEnumerable<Guid> ids = Enumerable.Range(0, 10_000).Select(_ => EntropySource.System.NewId(Now));

        Assert.Equal(10_000, ids.Distinct().Count());
    }

    [Fact]
    public void Makes_tokens_of_as_many_octets_as_asked_for()
    {
        string token = EntropySource.System.NewToken(32);

        Assert.Matches("^[A-Za-z0-9_-]{43}$", token);
        Assert.NotEqual(token, EntropySource.System.NewToken(32));
    }

    [Fact]
    public void Repeats_itself_from_a_seed()
    {
        Assert.Equal(new SeededEntropy(7).NewId(Now), new SeededEntropy(7).NewId(Now));
        Assert.NotEqual(new SeededEntropy(7).NewToken(16), new SeededEntropy(8).NewToken(16));
    }
}
