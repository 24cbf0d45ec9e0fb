import ArgumentParser
import Console
import Recordings

/// Writes a recording in the format of another program.
struct RecordingFile {
    let format: RecordingFormat
    /// A new file; nil stands for stdout.
    let output: String?

    /// Refuses before anything is read.
    func check() throws {
        if format.isBinary, output == nil, StandardStream.output.isTerminal {
            throw ValidationError("FIT is not text: add --output FILE.fit.")
        }
    }

    /// Of nothing, or of more than one strap, there is no file.
    func write(_ recordings: [Recording]) throws {
        guard recordings.count < 2 else {
            let names = recordings.map(\.strap).joined(separator: ", ")
            throw CommandError(
                "a \(format.rawValue) file is of one strap, and these have readings: \(names). Add --strap NAME",
                .validationFailure)
        }
        guard let recording = recordings.first else {
            throw CommandError("there is no heart rate in this time", .dataError)
        }
        let bytes = format.bytes(of: recording) { WallTime.offsetSeconds(atMilliseconds: $0) }
        guard let bytes else {
            throw CommandError(
                format.needsIntervals
                    ? "the strap sent no RR intervals. Optical sensors have none, and Polar straps send none in "
                        + "broadcast mode. --format fit needs only heart rates"
                    : "there is no heart rate from 1 to 254 bpm in this time", .dataError)
        }
        try write(bytes)
        report(recording)
    }

    private func write(_ bytes: [UInt8]) throws {
        let file = try HistoryFile(output)
        do throws(HistoryFile.Failure) {
            try file.write(bytes)
            try file.close()
        } catch {
            if error.isReaderGone { return }
            file.remove()
            throw error
        }
    }

    private func report(_ recording: Recording) {
        let gaps = recording.stretches.count - 1
        let missing = recording.endMilliseconds - recording.startMilliseconds - recording.recordedMilliseconds
        let words = [
            "\(recording.sampleCount) heart rates", "\(recording.beats.count) RR intervals",
            gaps == 0 ? "no gap" : "\(gaps) gap\(gaps == 1 ? "" : "s") of \(missing / 1000) s in all",
        ].joined(separator: ", ")
        if let output {
            StandardStream.output.print("\(output) has \(words).")
        } else {
            StandardStream.error.print("strapline: \(words)")
        }
    }
}
