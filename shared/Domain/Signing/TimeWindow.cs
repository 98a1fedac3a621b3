using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Souk.Domain.Wire;

namespace Souk.Domain.Signing;

/// <summary>A day of the week, in UTC.</summary>
[JsonConverter(typeof(WireTextJsonConverter<Weekday>))]
public enum Weekday
{
    /// <summary>Sunday.</summary>
    Sunday = 0,

    /// <summary>Monday.</summary>
    Monday = 1,

    /// <summary>Tuesday.</summary>
    Tuesday = 2,

    /// <summary>Wednesday.</summary>
    Wednesday = 3,

    /// <summary>Thursday.</summary>
    Thursday = 4,

    /// <summary>Friday.</summary>
    Friday = 5,

    /// <summary>Saturday.</summary>
    Saturday = 6,
}

/// <summary>A part of certain days, in UTC.</summary>
/// <param name="Days">The days.</param>
/// <param name="From">The time of day it begins; inclusive.</param>
/// <param name="Until">The time of day it ends; exclusive. Midnight is the day's end.</param>
public sealed record TimeWindow(ImmutableArray<Weekday> Days, TimeOnly From, TimeOnly Until)
{
    internal bool IsPeriod => !Days.IsDefaultOrEmpty && (From < Until || Until == TimeOnly.MinValue);

    /// <summary>Whether the instant lies in it.</summary>
    public bool Contains(DateTimeOffset instant)
    {
        DateTime utc = instant.UtcDateTime;
        var time = TimeOnly.FromDateTime(utc);
        return IsPeriod
            && Days.Contains((Weekday)(int)utc.DayOfWeek)
            && time >= From
            && (time < Until || Until == TimeOnly.MinValue);
    }
}
