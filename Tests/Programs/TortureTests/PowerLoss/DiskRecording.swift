import FoundationEssentials

/// The changes of an outbox's files that the shim has recorded, in order.
struct DiskRecording {
    enum File: UInt8, CaseIterable {
        case main = 1, log, journal
        /// The folder of the files.
        case folder

        /// The end of the file's name, after the outbox's own name.
        var suffix: String {
            switch self {
            case .main, .folder: ""
            case .log: "-wal"
            case .journal: "-journal"
            }
        }
    }

    enum Event {
        case created(File)
        case written(File, bytes: ArraySlice<UInt8>, offset: Int)
        case truncated(File, length: Int)
        case unlinked(File)
        /// The kernel has returned from the call.
        case synced(File)
        /// A line of the program, which reports its progress.
        case said(String)
    }

    struct Malformed: Error {
        let offset: Int
    }

    var events: [(event: Event, nanoseconds: UInt64)] = []

    init(contentsOf path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        var position = 0
        while position < bytes.count {
            guard position + Self.headBytes <= bytes.count else { throw Malformed(offset: position) }
            let length = Int(Self.number(bytes[position + 4..<position + 8]))
            let offset = Int(Self.number(bytes[position + 8..<position + 16]))
            let nanoseconds = Self.number(bytes[position + 16..<position + 24])
            let start = position + Self.headBytes
            guard start + length <= bytes.count,
                let event = Self.event(
                    bytes[position], File(rawValue: bytes[position + 1]), bytes[start..<start + length], offset)
            else { throw Malformed(offset: position) }
            events.append((event, nanoseconds))
            position = start + length
        }
    }

    /// The layout of the shim's `struct record`.
    private static let headBytes = 24

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// nil for a change that no outbox makes, or that the model of the disk lacks.
    private static func event(_ kind: UInt8, _ file: File?, _ bytes: ArraySlice<UInt8>, _ offset: Int) -> Event? {
        if kind == 6 { return .said(String(decoding: bytes, as: UTF8.self)) }
        guard let file else { return nil }
        return switch kind {
        case 1: .created(file)
        case 2: .written(file, bytes: bytes, offset: offset)
        case 3: .truncated(file, length: offset)
        case 4: .unlinked(file)
        case 5: .synced(file)
        default: nil
        }
    }
}
