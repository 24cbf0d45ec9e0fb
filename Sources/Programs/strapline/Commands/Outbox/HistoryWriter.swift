import Console
import Outbox
import Replay

/// Writes readings a page at a time: whatever the history, memory stays as it is.
struct HistoryWriter {
    let format: HistoryFormat
    /// A new file; nil stands for stdout.
    let output: String?
    let selection: History.Selection
    /// Only these readings.
    var ids: ClosedRange<Int64> = 1 ... .max

    func write(from reader: OutboxReader) async throws {
        do {
            let count = try await writePages(of: reader)
            if let output { StandardStream.output.print("\(output) has \(count) reading\(count == 1 ? "" : "s").") }
        } catch let error as HistoryFile.Failure where error.isReaderGone {
            // The reader of the pipe has enough: `strapline export | head`.
        }
    }

    private func writePages(of reader: OutboxReader) async throws -> Int {
        // Looked into first: an outbox that cannot be read leaves no empty file.
        var next = try await reader.history(after: ids.lowerBound - 1, selection)
        let file = try HistoryFile(output)
        let progress = ProgressLine(isBeside: output == nil && StandardStream.output.isTerminal)
        defer { progress.end() }
        var count = 0
        do {
            try file.write(format.header)
            while let page = next {
                let entries = page.entries.filter { ids.contains($0.id) }
                try file.write(entries.map(format.line).joined())
                count += entries.count
                if let last = entries.last {
                    let time = WallTime.dateAndTime(ofMilliseconds: last.reading.measuredAtMilliseconds)
                    progress.show("\(count) readings, up to \(time)")
                }
                guard page.examinedThroughID < ids.upperBound else { break }
                next = try await reader.history(after: page.examinedThroughID, selection)
            }
            try file.close()
        } catch {
            file.remove()
            throw error
        }
        return count
    }
}
