using Souk.Domain.Signing;

namespace Souk.Domain.Tests.Signing;

public sealed class TransactionLifecycleTests
{
    /// <summary>
    /// Q(ueued) A(llocated) S(igned) B(roadcast) M(ined) F(inal) R(everted) P (replaced) X (refused) U(nknown).
    /// </summary>
    private static readonly Dictionary<TransactionStatus, string> Expected = new()
    {
        [TransactionStatus.Queued] = "AX",
        [TransactionStatus.Allocated] = "QSXP",
        [TransactionStatus.Signed] = "QBUXP",
        [TransactionStatus.Broadcast] = "QMPU",
        [TransactionStatus.Mined] = "BFRP",
        [TransactionStatus.Final] = "",
        [TransactionStatus.Reverted] = "",
        [TransactionStatus.Replaced] = "",
        [TransactionStatus.Refused] = "",
        [TransactionStatus.Unknown] = "QBMP",
    };

    [Fact]
    public void Allows_exactly_the_moves_of_the_design()
    {
        const string letters = "QASBMFRPXU";
        foreach (TransactionStatus from in Enum.GetValues<TransactionStatus>())
        {
            foreach (TransactionStatus to in Enum.GetValues<TransactionStatus>())
            {
                bool expected = Expected[from].Contains(letters[(int)to], StringComparison.Ordinal);
                Assert.True(expected == TransactionLifecycle.CanMove(from, to), $"{from} to {to}");
            }

            Assert.Equal(Expected[from].Length == 0, TransactionLifecycle.IsTerminal(from));
        }
    }

    [Theory]
    [InlineData(TransactionStatus.Broadcast)]
    [InlineData(TransactionStatus.Unknown)]
    [InlineData(TransactionStatus.Mined)]
    public void Never_refuses_what_a_node_may_have(TransactionStatus status)
    {
        Assert.False(TransactionLifecycle.CanMove(status, TransactionStatus.Refused));
        Assert.True(TransactionLifecycle.HoldsNonce(status));
    }
}
