using Npgsql;
using Souk.Domain.Failures;

namespace Souk.Platform.Postgres;

/// <summary>The only place that reads PostgreSQL's error codes (PostgreSQL 15 manual, appendix A).</summary>
public static class PostgresFailures
{
    /// <summary>Whether the server refused the password, as it does after a rotation.</summary>
    public static bool IsCredentialRefused(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.InvalidPassword }
            or PostgresException { SqlState: PostgresErrorCodes.InvalidAuthorizationSpecification };

    /// <summary>Whether the transaction did nothing and may simply run again.</summary>
    public static bool IsSerialization(Exception exception) =>
        exception is PostgresException
        {
            SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
        };

    /// <summary>Whether a unique constraint of this name stood in the way.</summary>
    public static bool IsDuplicate(Exception exception, string constraint) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } violation
        && violation.ConstraintName == constraint;

    /// <summary>Whether a value was of a kind that no column keeps (class 22), such as a NUL inside JSON.</summary>
    public static bool IsValueRefused(Exception exception) =>
        exception is PostgresException { SqlState: { } state } && state.StartsWith("22", StringComparison.Ordinal);

    /// <summary>
    /// A lost connection, a busy server (class 53), one that stops (57) or a password rotated this moment (28) is
    /// transient; anything else is a defect of ours.
    /// </summary>
    public static Failure Classify(NpgsqlException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        bool isDefect = exception is PostgresException { IsTransient: false, SqlState: { } state }
            && !state.StartsWith("57", StringComparison.Ordinal) && !IsCredentialRefused(exception);
        return isDefect
            ? new Failure(
                FailureCode.Internal,
                "Something failed on our side.",
                $"SQLSTATE {((PostgresException)exception).SqlState}")
            : new Failure(FailureCode.UpstreamUnavailable, "The database is unavailable.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
    }
}
