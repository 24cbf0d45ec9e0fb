import Files
import Testing

@Suite struct SQLiteHeaderTests {
    private static let own: Int64 = 0x5374_4862

    private static func header(applicationID: UInt32, entries: UInt8 = 1, pageType: UInt8 = 0x0D) -> [UInt8] {
        var bytes = Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0, count: 96)
        bytes.replaceSubrange(68..<72, with: (0..<4).map { UInt8(truncatingIfNeeded: applicationID >> (24 - 8 * $0)) })
        bytes[100] = pageType
        bytes[104] = entries
        return bytes
    }

    private func content(_ start: [UInt8]) -> SQLiteHeader.Content {
        SQLiteHeader.content(start, applicationID: Self.own)
    }

    @Test func missingContent_isNothing() {
        #expect(content([]) == .none)
        #expect(content(Self.header(applicationID: 0, entries: 0)) == .none)
    }

    @Test func database_ofThisProgram_isOwn_withOrWithoutTables() {
        #expect(content(Self.header(applicationID: 0x5374_4862)) == .own)
        #expect(content(Self.header(applicationID: 0x5374_4862, entries: 0)) == .own)
    }

    @Test func database_ofAnotherProgram_isNot() {
        #expect(content(Self.header(applicationID: 0)) == .otherDatabase)
        // Too many tables for one page.
        #expect(content(Self.header(applicationID: 0, entries: 0, pageType: 5)) == .otherDatabase)
        #expect(content(Self.header(applicationID: .max)) == .otherDatabase)
    }

    @Test(arguments: ["x", "SQLite format 3", "SQLite format 2\0" + String(repeating: "x", count: 200)])
    func anotherFile_isNoDatabase(text: String) {
        #expect(content(Array(text.utf8)) == .otherFile)
    }
}
