/// The outbox's files on a disk that is certain to keep only synced data.
///
/// Data that was written to a file since its last sync is there or not, each sector of 512 bytes on its own, whatever
/// was written before or after it; where a file has grown, the part that did not arrive is of zeros, or the file is
/// shorter. A name lasts once the folder was synced, and before that is there or not.
///
/// SQLite assumes that a sector is the smallest unit that a power cut tears, and that bytes beside a write are safe:
/// `POWERSAFE_OVERWRITE`.
struct VolatileDisk {
    static let sectorBytes = 512

    fileprivate enum Change {
        case write(ArraySlice<UInt8>, offset: Int)
        case truncate(length: Int)
    }

    fileprivate struct Stored {
        var isNamed = false
        var mayBeNamed: [Bool] = []
        var bytes: [UInt8] = []
        var unsynced: [Change] = []
    }

    /// How much unsynced data a power cut leaves.
    private enum Fate: CaseIterable {
        case nothing, everything, writes, sectors
    }

    private var files: [DiskRecording.File: Stored] = [:]

    mutating func take(_ event: DiskRecording.Event) {
        switch event {
        case .created(let file):
            // A new file with this name, without the content of the earlier one.
            files[file, default: Stored()].unsynced.append(.truncate(length: 0))
            files[file, default: Stored()].mayBeNamed.append(true)
        case .unlinked(let file):
            files[file, default: Stored()].mayBeNamed.append(false)
        case .written(let file, let bytes, let offset):
            files[file, default: Stored()].unsynced.append(.write(bytes, offset: offset))
        case .truncated(let file, let length):
            files[file, default: Stored()].unsynced.append(.truncate(length: length))
        case .synced(.folder):
            for file in files.keys { files[file]?.settleName() }
        case .synced(let file):
            files[file]?.settleBytes()
        case .said: break
        }
    }

    /// The files after a power cut at this moment, with their content.
    func afterPowerCut(
        _ random: inout some RandomNumberGenerator
    ) -> [(file: DiskRecording.File, bytes: [UInt8])] {
        let fate = Fate.allCases.randomElement(using: &random) ?? .nothing
        return files.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { file, stored in
            let names = [stored.isNamed] + stored.mayBeNamed
            guard names.randomElement(using: &random) == true else { return nil }
            return (file, Self.survivors(of: stored, fate, &random))
        }
    }

    private static func survivors(
        of stored: Stored, _ fate: Fate, _ random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var bytes = stored.bytes
        for change in stored.unsynced {
            switch fate {
            case .nothing: return bytes
            case .everything: bytes.apply(change)
            case .writes: if Bool.random(using: &random) { bytes.apply(change) }
            case .sectors:
                guard case .write(let written, let offset) = change else {
                    if Bool.random(using: &random) { bytes.apply(change) }
                    continue
                }
                for sector in Self.sectors(of: written, at: offset) where Bool.random(using: &random) {
                    bytes.apply(sector)
                }
            }
        }
        return bytes
    }

    private static func sectors(of written: ArraySlice<UInt8>, at offset: Int) -> [Change] {
        var sectors: [Change] = []
        var position = offset
        while position < offset + written.count {
            let end = min(offset + written.count, (position / sectorBytes + 1) * sectorBytes)
            let first = written.startIndex + position - offset
            sectors.append(.write(written[first..<first + end - position], offset: position))
            position = end
        }
        return sectors
    }
}

extension VolatileDisk.Stored {
    fileprivate mutating func settleName() {
        isNamed = mayBeNamed.last ?? isNamed
        mayBeNamed.removeAll()
    }

    fileprivate mutating func settleBytes() {
        for change in unsynced { bytes.apply(change) }
        unsynced.removeAll()
    }
}

extension [UInt8] {
    fileprivate mutating func apply(_ change: VolatileDisk.Change) {
        switch change {
        case .truncate(let length):
            if length < count { removeLast(count - length) } else { grow(to: length) }
        case .write(let written, let offset):
            grow(to: offset + written.count)
            replaceSubrange(offset..<offset + written.count, with: written)
        }
    }

    private mutating func grow(to length: Int) {
        if length > count { append(contentsOf: repeatElement(0, count: length - count)) }
    }
}
