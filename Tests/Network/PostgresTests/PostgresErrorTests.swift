import Postgres
import Testing

@Suite struct PostgresErrorTests {
    @Test(
        arguments: [
            ("40P01", .conflict), ("40001", .conflict), ("53100", .diskFull), ("23505", .uniqueViolation),
            ("25006", .unavailable), ("57P01", .unavailable), ("57P03", .unavailable), ("08006", .unavailable),
            ("53300", .unavailable), ("42601", .other), ("28P01", .other), ("3D000", .other),
        ] as [(String, PostgresError.Kind)])
    func stateOfTheServer_saysWhatACallerCanDo(_ state: String, _ kind: PostgresError.Kind) {
        #expect(PostgresError(.server, "words", sqlState: state).kind == kind)
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
