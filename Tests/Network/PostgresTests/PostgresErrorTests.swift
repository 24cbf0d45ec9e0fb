import Testing

@testable import Postgres

@Suite struct PostgresErrorTests {
    @Test(
        arguments: [
            ("40P01", .conflict), ("40001", .conflict), ("53100", .diskFull), ("23505", .uniqueViolation),
            ("25006", .unavailable), ("57P01", .unavailable), ("57P03", .unavailable), ("08006", .unavailable),
            ("53300", .unavailable), ("57014", .unavailable), ("25P03", .unavailable), ("55P03", .conflict),
            ("42601", .other), ("28P01", .other), ("3D000", .other),
        ] as [(String, PostgresError.Kind)])
    func stateOfTheServer_saysWhatACallerCanDo(_ state: String, _ kind: PostgresError.Kind) {
        #expect(PostgresError(.server, "words", sqlState: state).kind == kind)
    }

    @Test(
        arguments: [
            (
                "connection to server at \"pg1\" (10.0.0.1), port 5432 failed: FATAL:  28P01: password authentication "
                    + "failed for user \"hub\"\nLOCATION:  auth_failed, auth.c:335\n", "28P01",
                "password authentication failed for user \"hub\""
            ),
            (
                "connection to server on socket \"/run/x\" failed: FATAL:  57P03: the database system is starting up\n",
                "57P03", "the database system is starting up"
            ),
            (
                "connection to server at \"pg1\", port 5432 failed: fe_sendauth: no password supplied\n", "28P01",
                "no password supplied"
            ),
            ("connection to server at \"pg1\", port 5432 failed: Connection refused\n", nil, nil),
            ("could not translate host name \"a:  b\" to address", nil, nil),
        ] as [(String, String?, String?)])
    func refusalOfAConnection_hasItsState(_ text: String, _ state: String?, _ words: String?) {
        let error = PostgresError(refusal: text)
        #expect(error?.sqlState == state)
        #expect(error?.detail == words)
    }

    @Test(arguments: PostgresError.Code.allCases)
    func error_hasTheForeignTextAndNoEmptyPart(_ code: PostgresError.Code) {
        #expect(PostgresError(code, "the server's words").description.contains("the server's words"))
        let bare = PostgresError(code).description
        #expect(!bare.contains("()") && !bare.isEmpty)
    }

    @Test func library_whenMissing_namesTheCommandThatInstallsIt() throws {
        let error = try #require(throws: PostgresError.self) { try PostgresLibrary(name: "libpq-of-no-system.so.5") }
        #expect(error.code == .libraryMissing)
        #expect(error.description.contains("apt install libpq5"))
        #expect(error.description.contains("libpq-of-no-system"))
    }
}
