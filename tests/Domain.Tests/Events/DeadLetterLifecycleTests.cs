using Souk.Domain.Events;

namespace Souk.Domain.Tests.Events;

public sealed class DeadLetterLifecycleTests
{
    /// <summary>From, then what may follow: R(etrying) P(arked) A (replayed) T(aken) D(iscarded).</summary>
    private static readonly Dictionary<DeadLetterStatus, string> Expected = new()
    {
        [DeadLetterStatus.Retrying] = "PATD",
        [DeadLetterStatus.Parked] = "ATD",
        [DeadLetterStatus.Replayed] = "RPATD",
        [DeadLetterStatus.Taken] = "",
        [DeadLetterStatus.Discarded] = "",
    };

    [Fact]
    public void Allows_exactly_the_moves_that_are_written_down()
    {
        const string letters = "RPATD";
        foreach (DeadLetterStatus from in Enum.GetValues<DeadLetterStatus>())
        {
            foreach (DeadLetterStatus to in Enum.GetValues<DeadLetterStatus>())
            {
                bool expected = Expected[from].Contains(letters[(int)to], StringComparison.Ordinal);
                Assert.True(expected == DeadLetterLifecycle.CanMove(from, to), $"{from} to {to}");
            }

            Assert.Equal(Expected[from].Length == 0, DeadLetterLifecycle.IsTerminal(from));
        }
    }
}
