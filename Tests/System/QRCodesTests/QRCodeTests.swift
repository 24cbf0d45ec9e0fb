import QRCodes
import Testing

@testable import QRCodes

@Suite struct QRCodeTests {
    private static let address = "https://pulsoid.net/device?code=ABCD-EFGH"

    /// A finder pattern (ISO/IEC 18004, section 6.3.3.1): a ring around a square of 3, in light.
    private func isFinder(_ code: QRCode, row: Int, column: Int) -> Bool {
        (0..<7).allSatisfy { y in
            (0..<7).allSatisfy { x in
                let ring = max(abs(x - 3), abs(y - 3))
                return code.isDark(row: row + y, column: column + x) == (ring != 2)
            }
        }
    }

    @Test func code_hasItsFindersInsideAQuietZoneOfFour() throws {
        let code = try #require(QRCode(Self.address))
        let end = code.columns - 4 - 7
        #expect(isFinder(code, row: 4, column: 4))
        #expect(isFinder(code, row: 4, column: end))
        #expect(isFinder(code, row: end, column: 4))
        for index in 0..<code.columns {
            for edge in [0, 1, 2, 3, code.columns - 4, code.columns - 1] {
                #expect(!code.isDark(row: edge, column: index))
                #expect(!code.isDark(row: index, column: edge))
            }
        }
    }

    @Test func lines_holdEveryModule_andTellBothColours() throws {
        let code = try #require(QRCode(Self.address))
        let plain = code.lines(isColoured: false)
        #expect(code.lines(isColoured: true).count == (code.columns + 1) / 2 && plain.count == (code.columns + 1) / 2)
        for (index, line) in code.lines(isColoured: true).enumerated() {
            #expect(line.hasPrefix("\u{1B}[38;5;16;48;5;231m") && line.hasSuffix("\u{1B}[0m"))
            let blocks = line.dropFirst("\u{1B}[38;5;16;48;5;231m".count).dropLast("\u{1B}[0m".count)
            #expect(blocks.count == code.columns)
            for (column, block) in blocks.enumerated() {
                #expect("█▀".contains(block) == code.isDark(row: 2 * index, column: column))
                #expect("█▄".contains(block) == code.isDark(row: 2 * index + 1, column: column))
            }
            let opposite: [Character: Character] = ["█": " ", " ": "█", "▀": "▄", "▄": "▀"]
            #expect(plain[index] == String(blocks.compactMap { opposite[$0] }))
        }
    }

    @Test func text_thatIsTooLong_hasNone() {
        #expect(QRCode(String(repeating: "x", count: 5000)) == nil)
    }
}
