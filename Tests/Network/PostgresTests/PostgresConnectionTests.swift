import Glibc
import Postgres
import PostgresHarness
import TestKit
import Testing

/// A real server.
@Suite(.timeLimit(.minutes(10)), .enabled(if: PostgresServer.isThere, "install PostgreSQL"))
struct PostgresConnectionTests {
    private func failure(_ body: () throws -> Void) throws -> PostgresError {
        try #require(throws: PostgresError.self, performing: body)
    }

    // MARK: Values

    @Test func values_ofEachType_comeBack() async throws {
        let server = try await PostgresServer()
        let connection = try server.connect()
        let values: [PostgresValue] = [
            .bool(true), .int8(.min), .int8(.max), .double(-0.1), .double(.infinity), .text(""), .text("Zoë 🫀 \" \\ '"),
            .bytea([]), .bytea([0, 255, 7]), .null, .boolArray([true, nil]), .int4Array([.min, nil, .max]),
            .int8Array([]), .int8Array([1, nil, .max]), .doubleArray([0.5]), .textArray(["", nil, "ä,{}\""]),
            .byteaArray([[], nil, [0]]),
        ]
        let types = [
            "bool", "int8", "int8", "float8", "float8", "text", "text", "bytea", "bytea", "int8", "bool[]", "int4[]",
            "int8[]", "int8[]", "float8[]", "text[]", "bytea[]",
        ]
        let list = types.enumerated().map { "$\($0 + 1)::\($1)" }.joined(separator: ", ")
        #expect(try connection.run("SELECT \(list)", values).rows == [values])
        let others = try connection.run(
            "SELECT 1::int2, 2::int4, 3::oid, 'a'::varchar, 'b'::name, 1.5::float4, '{}'::json")
        #expect(others.first == [.int8(1), .int8(2), .int8(3), .text("a"), .text("b"), .double(1.5), .text("{}")])
        #expect(try connection.run("SELECT pg_notify('nowhere', '')").first == [.null])
    }

    @Test func values_thatCannotBeRead_areExplained() async throws {
        let server = try await PostgresServer()
        let connection = try server.connect()
        let numeric = try failure { _ = try connection.run("SELECT 1.5::numeric AS price") }
        #expect(numeric.code == .value && numeric.description.contains("price::text"))
        let matrix = try failure { _ = try connection.run("SELECT '{{1,2},{3,4}}'::int8[] AS matrix") }
        #expect(matrix.description.contains("2 dimensions"))
        #expect(try failure { _ = try connection.run("SELECT $1", [.text("a\0b")]) }.code == .value)
        #expect(try failure { _ = try connection.run("SELECT $1", [.array(.int4, [.int8(1 << 40)])]) }.code == .value)
        #expect(try failure { _ = try connection.run("SELECT $1", [.array(.text, [.int8(1)])]) }.code == .value)
        // All of these leave the connection as it was.
        #expect(try connection.run("SELECT 7").first == [.int8(7)])
    }

    @Test func statements_countTheirRows_andKeepTheirPlan() async throws {
        let server = try await PostgresServer()
        let connection = try server.connect()
        try connection.runScript(
            "CREATE TABLE reading (id bigint PRIMARY KEY, rate int); INSERT INTO reading VALUES (0, 1)")
        let insert = """
            INSERT INTO reading SELECT * FROM unnest($1::bigint[], $2::int[]) ON CONFLICT DO NOTHING RETURNING id
            """
        let first = try connection.run(insert, [.int8Array([0, 1, 2]), .int4Array([60, 61, 62])])
        #expect(first.changedCount == 2 && first.columns == ["id"] && first.rows == [[.int8(1)], [.int8(2)]])
        #expect(try connection.run(insert, [.int8Array([2]), .int4Array([9])]).changedCount == 0)
        #expect(try connection.run("UPDATE reading SET rate = rate + 1").changedCount == 3)
        let plans = try connection.run("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT%'")
        #expect(plans.first == [.int8(1)])
        // The same text with a null has another type.
        _ = try connection.run("SELECT id FROM reading WHERE rate = $1", [.int8(61)])
        #expect(try connection.run("SELECT id FROM reading WHERE rate = $1", [.null]).rows.isEmpty)
    }

    @Test func statement_afterAChangeOfTheSchema_worksTheSecondTime() async throws {
        let server = try await PostgresServer()
        let connection = try server.connect()
        try connection.runScript("CREATE TABLE room (id bigint); INSERT INTO room VALUES (1)")
        #expect(try connection.run("SELECT * FROM room").first == [.int8(1)])
        try connection.runScript("ALTER TABLE room ADD COLUMN name text")
        #expect(try failure { _ = try connection.run("SELECT * FROM room") }.sqlState == "0A000")
        #expect(try connection.run("SELECT * FROM room").first == [.int8(1), .null])
    }

    // MARK: Errors, notices and transactions

    @Test func errors_haveTheServersStateAndWords_andNoValues() async throws {
        let server = try await PostgresServer()
        let connection = try server.connect()
        let syntax = try failure { _ = try connection.run("SELEKT 1") }
        #expect(syntax.code == .server && syntax.sqlState == "42601" && syntax.description.contains("SELEKT"))
        try connection.runScript("CREATE TABLE token (hash text PRIMARY KEY); INSERT INTO token VALUES ('secret')")
        let double = try failure { _ = try connection.run("INSERT INTO token VALUES ($1)", [.text("secret")]) }
        #expect(double.kind == .uniqueViolation && !double.description.contains("secret"))
        #expect(connection.isOpen)
    }

    @Test func notices_comeWithTheirStatement_andTheirSeverity() async throws {
        let server = try await PostgresServer()
        let connection = try server.connect()
        let function = """
            CREATE FUNCTION pg_temp.speak(level text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
            IF level = 'warning' THEN RAISE WARNING 'careful'; ELSE RAISE NOTICE 'by the way'; END IF; RETURN 1; END $$
            """
        try connection.runScript(function)
        let notice = try connection.run("SELECT pg_temp.speak($1)", [.text("notice")])
        #expect(notice.notices.map(\.description) == ["NOTICE: by the way"] && !notice.hasWarning)
        let warning = try connection.run("SELECT pg_temp.speak($1)", [.text("warning")])
        #expect(warning.notices.map(\.severity) == [.warning] && warning.hasWarning)
        #expect(try connection.run("SELECT 1").notices.isEmpty)
    }

    @Test func transaction_whenABodyOrAStatementFails_changesNothing() async throws {
        struct Refusal: Error {}
        let server = try await PostgresServer()
        let connection = try server.connect()
        try connection.runScript("CREATE TABLE room (id bigint)")
        #expect(throws: Refusal.self) {
            try connection.transaction {
                _ = try connection.run("INSERT INTO room VALUES (1)")
                throw Refusal()
            }
        }
        // Its body hides the error, and COMMIT would report a success.
        let hidden = try failure {
            try connection.transaction {
                _ = try connection.run("INSERT INTO room VALUES (2)")
                _ = try? connection.run("SELECT 1 / 0")
            }
        }
        #expect(hidden.sqlState == "25P02")
        try connection.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ") {
            _ = try connection.run("INSERT INTO room VALUES (3)")
        }
        #expect(try connection.run("SELECT id FROM room").rows == [[.int8(3)]])
    }

    // MARK: Two copies

    @Test func commit_whoseWaitIsCancelled_isNotConfirmed() async throws {
        let server = try await PostgresServer(.received)
        let connection = try server.connect()
        #expect(connection.server.isSafe && connection.server.standbyNames == "ANY 1 (receiver)")
        try connection.runScript("CREATE TABLE room (id bigint)")
        let writer = PostgresClient(name: "writer")
        try await writer.connect(to: server.hosts(), within: PostgresServer.patience)
        server.endReceiver()
        let commit = Task {
            try await writer.run { connection in
                connection.limit = PostgresServer.patience
                try connection.transaction { _ = try connection.run("INSERT INTO room VALUES (1)") }
            }
        }
        let waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        // PostgreSQL reports no event for this, so its state is read again and again.
        try await poll { try !connection.run(waiting).rows.isEmpty }
        _ = try connection.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        let error = await #expect(throws: PostgresError.self) { try await commit.value }
        #expect(error?.code == .unconfirmed && error?.kind == .unavailable)
        #expect(error?.description.contains("cancel") == true)
    }

    // MARK: Deadlines and broken connections

    @Test func call_whoseServerProcessIsFrozen_endsByItsDeadline() async throws {
        let server = try await PostgresServer()
        let connection = try server.connect()
        let process = try #require(try connection.run("SELECT pg_backend_pid()").first?.first?.int)
        kill(pid_t(process), SIGSTOP)
        defer { kill(pid_t(process), SIGCONT) }
        connection.limit = .milliseconds(50)
        #expect(try failure { _ = try connection.run("SELECT 1") }.code == .timedOut)
        #expect(!connection.isOpen)
        #expect(try failure { _ = try connection.run("SELECT 1") }.code == .closed)
    }

    @Test func calls_withACommonDeadline_shareIt() async throws {
        let server = try await PostgresServer()
        let connection = try server.connect()
        let error = try failure {
            try connection.within(.milliseconds(50)) {
                while true { _ = try connection.run("SELECT pg_sleep(0.01)") }
            }
        }
        #expect(error.code == .timedOut && !connection.isOpen)
    }

    @Test func largeStatement_toAFrozenServer_endsByItsDeadlineToo() async throws {
        let server = try await PostgresServer()
        let connection = try server.connect()
        let process = try #require(try connection.run("SELECT pg_backend_pid()").first?.first?.int)
        kill(pid_t(process), SIGSTOP)
        defer { kill(pid_t(process), SIGCONT) }
        connection.limit = .milliseconds(50)
        let many = PostgresValue.bytea([UInt8](repeating: 1, count: 4 << 20))
        #expect(try failure { _ = try connection.run("SELECT length($1)", [many]) }.code == .timedOut)
    }

    @Test func connection_whenTheServerEndsIt_isClosedWithTheServersWords() async throws {
        let server = try await PostgresServer()
        let (one, other) = (try server.connect(), try server.connect())
        let process = try #require(try one.run("SELECT pg_backend_pid()").first?.first)
        _ = try other.run("SELECT pg_terminate_backend($1::int)", [process])
        let error = try failure { while true { _ = try one.run("SELECT 1") } }
        #expect(error.kind == .unavailable && !one.isOpen)
        server.stop()
        #expect(try failure { _ = try other.run("SELECT 1") }.kind == .unavailable)
        #expect(!other.isOpen)
    }
}
