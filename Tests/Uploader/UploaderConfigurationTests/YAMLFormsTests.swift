import Destinations
import FoundationEssentials
import TestKit
import Testing

@testable import UploaderConfiguration

/// Configurations as users and editors write them. A value that YAML 1.1 reads as a number, a time or a truth is text
/// if text is expected.
@Suite struct YAMLFormsTests {
    private let directory = TemporaryDirectory()

    private static let end = "\n    destinations:\n      - service: pulsoid\n        token_file: t\n"

    private func read(_ bytes: [UInt8]) throws -> Configuration {
        let path = directory.file("c.yaml")
        try Data(bytes).write(to: URL(filePath: path))
        return try ConfigurationFile.read(path)
    }

    @Test(arguments: ["10:20:30:40:50:10", "12:30:45:10:20:59", "c4:11:22:33:44:55", "\"C4:11:22:33:44:55\""])
    func address_withOrWithoutQuotes_isText(address: String) throws {
        let configuration = try read(Array("straps:\n  - name: chest\n    address: \(address)\(Self.end)".utf8))
        #expect(configuration.straps[0].address == address.filter { $0 != "\"" })
    }

    @Test(arguments: ["on", "off", "yes", "no", "007", "0815e3", "1_000", "0x10", "1e3", "true", "12:30", "2026-11-24"])
    func name_thatLooksLikeAnother_isText(name: String) throws {
        let yaml = "straps:\n  - name: \(name)\n    device_name: \(name)\(Self.end)"
        let configuration = try read(Array(yaml.utf8))
        #expect(configuration.straps[0].name == name && configuration.straps[0].deviceName == name)
    }

    @Test func user_withZerosInFront_keepsThem() throws {
        let yaml =
            "straps:\n  - name: a\n    destinations:\n      - service: cardiogram\n"
            + "        user_id: 0017\n        token_file: t\n"
        #expect(try read(Array(yaml.utf8)).straps[0].destinations[0].options.text("user_id") == "0017")
    }

    @Test(arguments: ["\n", "\r\n", "\r"], [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]])
    func file_withLineEndsOfAnySystem_isRead(end: String, mark: [UInt8]) throws {
        let yaml = "straps:\n  - name: chest\(Self.end)".replacing("\n", with: end)
        #expect(try read(mark + Array(yaml.utf8)).straps.map(\.name) == ["chest"])
    }

    @Test(arguments: [true, false]) func file_savedAsUTF16_isRead(isLittleEndian: Bool) throws {
        let units = "straps:\n  - name: Ännchen\(Self.end)".utf16
        let mark: [UInt8] = isLittleEndian ? [0xFF, 0xFE] : [0xFE, 0xFF]
        let bytes = units.flatMap { unit in
            isLittleEndian
                ? [UInt8(unit & 0xFF), UInt8(unit >> 8)] : [UInt8(unit >> 8), UInt8(unit & 0xFF)]
        }
        #expect(try read(mark + bytes).straps.map(\.name) == ["Ännchen"])
    }
}
