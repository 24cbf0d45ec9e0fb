import Console
import Setup
import TextFormats

/// The newest heart rates on a terminal: a line for each member, written over as they change.
struct LiveBoard {
    private struct Row {
        let name: String
        let bpm: Int
        let atMilliseconds: Int64
    }

    private var rows: [String: Row] = [:]
    private var notice: String?
    private var screen = ScanScreen()

    /// A heart rate of a member; `id` distinguishes members of one name.
    mutating func show(_ bpm: Int, of name: String, id: String, atMilliseconds time: Int64) {
        rows[id] = Row(name: name, bpm: bpm, atMilliseconds: time)
        notice = nil
        draw()
    }

    mutating func remove(_ id: String) {
        rows[id] = nil
        draw()
    }

    /// What happens to the connection, below the members.
    mutating func show(notice: String) {
        self.notice = notice
        draw()
    }

    var lines: [String] {
        let ordered = rows.sorted { ($0.value.name.lowercased(), $0.key) < ($1.value.name.lowercased(), $1.key) }
        let cells = ordered.map { _, row in
            [row.name, "♥ \(row.bpm) bpm", WallTime.text(ofMilliseconds: row.atMilliseconds)]
        }
        return TextTable.lines(of: cells) + (notice.map { [$0] } ?? [])
    }

    private mutating func draw() {
        let terminal = StandardTerminal()
        if let frame = screen.frame(lines.map { $0.printableLines() }, rows: terminal.rows) {
            StandardStream.output.write(frame)
        }
    }
}
