namespace Souk.Platform.Tests.Postgres;

/// <summary>What each room's login user may do, by PostgreSQL's own word.</summary>
public sealed class RowSecurityTests(RoomDatabases rooms) : IClassFixture<RoomDatabases>
{
    private const string Denied = "42501";

    public static TheoryData<string> Rooms { get; } = [.. RoomDatabases.Rooms];

    public static TheoryData<string, string> Strangers { get; } = new(
        from room in RoomDatabases.Rooms
        from other in RoomDatabases.Rooms
        where room != other && room != "jobs"
        select (room, other));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Rooms))]
    public async Task A_room_logs_in_as_itself_and_owns_nothing(string room)
    {
        Assert.Equal(0, await rooms.CountAsync(room, """
            SELECT count(*) FROM pg_class
            WHERE pg_has_role(relowner, 'MEMBER') AND relnamespace = 'public'::regnamespace
            """));
        Assert.Equal(0, await rooms.CountAsync(room, """
            SELECT count(*) FROM pg_roles
            WHERE rolname = current_user AND (rolsuper OR rolbypassrls OR rolcreaterole)
            """));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "CREATE TABLE mine (n integer)"));
        foreach (string other in RoomDatabases.Rooms)
        {
            bool isItself = other == room;
            Assert.Equal(
                isItself ? 1 : 0,
                await rooms.CountAsync(room, $"SELECT pg_has_role('{other}', 'MEMBER')::int"));
        }
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task A_room_writes_no_row_in_anothers_name(string room, string other)
    {
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, AddOutbox(other)));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, AddInbox(other)));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, AddKey(other)));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, AddLease(other)));
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task A_room_sees_and_changes_none_of_anothers_rows(string room, string other)
    {
        await rooms.Admin.ExecuteAsync(AddOutbox(other), Token);
        await rooms.Admin.ExecuteAsync(AddInbox(other), Token);
        await rooms.Admin.ExecuteAsync(AddKey(other), Token);

        Assert.Equal(0, await rooms.CountAsync(room, $"SELECT count(*) FROM outbox WHERE room = '{other}'"));
        Assert.Equal(0, await rooms.CountAsync(room, $"SELECT count(*) FROM inbox WHERE consumer = '{other}'"));
        Assert.Equal(0, await rooms.CountAsync(room, $"SELECT count(*) FROM idempotency_keys WHERE room = '{other}'"));
        Assert.Equal(0, await rooms.ExecuteAsync(room, $"UPDATE inbox SET type = 'x' WHERE consumer = '{other}'"));
        Assert.Equal(
            0, await rooms.ExecuteAsync(room, $"UPDATE idempotency_keys SET response = '1' WHERE room = '{other}'"));
    }

    [Theory]
    [InlineData("auth")]
    [InlineData("marketplace")]
    [InlineData("signing")]
    [InlineData("webhooks")]
    public async Task A_room_writes_and_sees_its_own_rows(string room)
    {
        Assert.Equal(1, await rooms.ExecuteAsync(room, AddOutbox(room)));
        Assert.Equal(1, await rooms.ExecuteAsync(room, AddInbox(room)));
        Assert.Equal(1, await rooms.ExecuteAsync(room, AddKey(room)));

        Assert.True(await rooms.CountAsync(room, "SELECT count(*) FROM outbox") > 0);
        Assert.True(await rooms.CountAsync(room, "SELECT count(*) FROM inbox") > 0);
        Assert.True(await rooms.CountAsync(room, "SELECT count(*) FROM idempotency_keys") > 0);
    }

    [Theory]
    [InlineData("auth")]
    [InlineData("marketplace")]
    [InlineData("signing")]
    [InlineData("webhooks")]
    public async Task Only_jobs_deletes_what_all_rooms_write(string room)
    {
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "DELETE FROM outbox"));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "DELETE FROM inbox"));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "DELETE FROM idempotency_keys"));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "SELECT * FROM dead_letters"));
    }

    [Fact]
    public async Task Jobs_sees_no_answer_but_its_own_and_no_delivery()
    {
        await rooms.Admin.ExecuteAsync(AddKey("signing"), Token);
        await rooms.ExecuteAsync("jobs", AddKey("jobs"));

        Assert.Equal(1, await rooms.CountAsync("jobs", "SELECT count(DISTINCT room) FROM idempotency_keys"));
        Assert.Equal(Denied, await rooms.RefusalOfAsync("jobs", "DELETE FROM idempotency_keys"));
        Assert.Equal(Denied, await rooms.RefusalOfAsync("jobs", "SELECT payload FROM inbox"));
    }

    [Theory]
    [InlineData("auth")]
    [InlineData("marketplace")]
    [InlineData("signing")]
    [InlineData("webhooks")]
    public async Task A_room_sees_no_other_rooms_place_in_an_order(string room)
    {
        string other = room == "auth" ? "signing" : "auth";
        await rooms.Admin.ExecuteAsync(AddHead(other), Token);

        Assert.Equal(0, await rooms.CountAsync(room, $"SELECT count(*) FROM inbox_heads WHERE consumer = '{other}'"));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, AddHead(other)));
        Assert.Equal(1, await rooms.ExecuteAsync(room, AddHead(room)));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "DELETE FROM inbox_heads"));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "SELECT count(*) FROM outbox_missing"));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "SELECT purge_idempotency_keys(now(), 1)"));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public async Task No_room_changes_the_audit(string room)
    {
        await rooms.Admin.ExecuteAsync(Append("marketplace"), Token);

        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "UPDATE audit SET action = 'other'"));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "DELETE FROM audit"));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "TRUNCATE audit"));
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "INSERT INTO audit SELECT * FROM audit"));
    }

    [Theory]
    [InlineData("marketplace")]
    [InlineData("signing")]
    [InlineData("webhooks")]
    public async Task Only_auth_and_jobs_read_the_audit(string room) =>
        Assert.Equal(Denied, await rooms.RefusalOfAsync(room, "SELECT * FROM audit"));

    [Theory]
    [MemberData(nameof(Rooms))]
    public async Task A_room_speaks_in_the_audit_for_itself_alone(string room)
    {
        foreach (string other in RoomDatabases.Rooms)
            Assert.Equal(other == room ? null : Denied, await rooms.RefusalOfAsync(room, Append(other)));
        Assert.NotNull(await rooms.RefusalOfAsync(room, Append("postgres")));
        Assert.NotNull(await rooms.RefusalOfAsync(room, Append("nobody")));
    }

    [Fact]
    public async Task A_rooms_temporary_table_cannot_stand_in_for_the_audit()
    {
        long before = await rooms.Admin.FindAsync<long>("SELECT count(*) FROM audit WHERE room = 'signing'", Token);

        await rooms.ExecuteAsync("signing", $"""
            CREATE TEMPORARY TABLE audit (sequence bigint, room text, actor uuid, action text, subject text,
                detail jsonb, happened_at timestamptz, previous_hash bytea, hash bytea);
            GRANT ALL ON audit TO PUBLIC;
            {Append("signing")};
            """);

        Assert.Equal(
            before + 1, await rooms.Admin.FindAsync<long>("SELECT count(*) FROM audit WHERE room = 'signing'", Token));
    }

    [Fact]
    public async Task Acts_of_many_rooms_at_once_make_one_chain()
    {
        await Task.WhenAll(
            from room in RoomDatabases.Rooms
            from act in Enumerable.Range(0, 6)
            select rooms.ExecuteAsync(room, Append(room)));

        Assert.Equal(0L, await rooms.Admin.FindAsync<long>(
            """
            SELECT count(*) FROM (
                SELECT *, lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER (ORDER BY sequence) AS before,
                    row_number() OVER (ORDER BY sequence) AS place FROM audit) AS chain
            WHERE previous_hash <> before OR sequence <> place
                OR hash <> audit_hash(before, place, room, actor, action, subject, detail, happened_at)
            """,
            Token));
    }

    private static string AddOutbox(string room) => $"""
        INSERT INTO outbox (id, room, type, subject, data, consumers, created_at, due_at)
        VALUES ('{Guid.NewGuid()}', '{room}', 'test', 'test', '1', ARRAY[]::text[], now(), now())
        """;

    private static string AddInbox(string consumer) =>
        $"INSERT INTO inbox (consumer, source, id, taken_at) VALUES ('{consumer}', '/test', '{Guid.NewGuid()}', now())";

    private static string AddHead(string consumer) => $"""
        INSERT INTO inbox_heads (consumer, source, subject, sequence, taken_at)
        VALUES ('{consumer}', '/test', '{Guid.NewGuid()}', 1, now())
        """;

    private static string AddKey(string room) => $"""
        INSERT INTO idempotency_keys (room, caller, key, fingerprint, created_at, expires_at)
        VALUES ('{room}', 'test', '{Guid.NewGuid()}', decode(repeat('00', 32), 'hex'), now(), now() + interval '1 hour')
        """;

    private static string AddLease(string room) => $"""
        INSERT INTO leases (room, name, holder, fence, held_until)
        VALUES ('{room}', '{Guid.NewGuid()}', '{Guid.NewGuid()}', 1, now())
        """;

    private static string Append(string room) =>
        $$"""SELECT append_audit('{{room}}', '{{Guid.NewGuid()}}', 'test.act', 'test', '{}', now())""";
}
