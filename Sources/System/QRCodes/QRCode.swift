import CQRencode
import Glibc

/// A QR code (ISO/IEC 18004) for a terminal, made by libqrencode.
package struct QRCode: Sendable {
    /// ISO/IEC 18004, section 6.3.8: four modules on each side.
    package static let quietZoneModules = 4

    private let modules: [[Bool]]

    /// nil for a text that is too long.
    package init?(_ text: String) {
        guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        let quiet = Self.quietZoneModules
        var modules = [[Bool]](repeating: Array(repeating: false, count: width + 2 * quiet), count: width + 2 * quiet)
        for row in 0..<width {
            for column in 0..<width {
                modules[row + quiet][column + quiet] = code.pointee.data[row * width + column] & 1 == 1
            }
        }
        self.modules = modules
    }

    package var columns: Int { modules.count }

    /// Whether a module is dark, the quiet zone included.
    package func isDark(row: Int, column: Int) -> Bool { modules.indices.contains(row) && modules[row][column] }

    /// Two rows of modules in a line of half blocks, to be written as they are.
    ///
    /// Both colours are set to black and white of the 256 fixed colours, so that dark and light terminals show the same
    /// code. Without colours the blocks are the light modules, as on a dark terminal.
    package func lines(isColoured: Bool) -> [String] {
        stride(from: 0, to: modules.count, by: 2).map { row in
            let blocks = modules[row].indices.map { column in
                let isBlock = [row, row + 1].map { isDark(row: $0, column: column) == isColoured }
                return switch (isBlock[0], isBlock[1]) {
                case (true, true): "█"
                case (true, false): "▀"
                case (false, true): "▄"
                case (false, false): " "
                }
            }
            let line = blocks.joined()
            return isColoured ? "\u{1B}[38;5;16;48;5;231m" + line + "\u{1B}[0m" : line
        }
    }
}
