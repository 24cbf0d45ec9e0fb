import HRV

@testable import FIT

extension Fuzzer {
    /// FIT files: bytes are read as a file, and as the messages of one. Messages that were read are written as the
    /// same.
    static let fit = Fuzzer(name: "fit") { bytes in
        do {
            let messages = try FITFile.decode(bytes)
            try hold(try FITFile.decode(FITFile.encode(messages)), is: messages, "a file is read as it was written")
        } catch let error as FITDecodingError {
            try hold(error.offset <= bytes.count, "the mistake is in the file: \(error)")
        }
        // No fuzzer guesses a checksum: without one.
        var reader = FITRecordReader(bytes[...])
        var messages: [FITMessage] = []
        while let message = try? reader.next() { messages.append(message) }
        try hold(try FITFile.decode(FITFile.encode(messages)), is: messages, "messages are read as they were written")
    }

    /// RR intervals as text: a mistake has its line, and no interval is one that no heart has.
    static let rrText = Fuzzer(name: "rr-text") { bytes in
        let rr: RRStretches
        do throws(RRText.Mistake) {
            rr = try RRText.read(String(decoding: bytes, as: UTF8.self))
        } catch {
            try hold(error.line > 0 && error.text.count <= 40, "a mistake is short: \(error)")
            return
        }
        try hold(rr.intervals.allSatisfy { $0 > 0 && $0 < 65_535 }, "intervals are those of a heart")
        let summary = HRVSummary(rr)
        try hold(summary.beats + summary.artefacts, is: summary.intervals, "each is a beat or an artefact")
    }
}
