/// One reader of foreign bytes, and its promises, for any bytes. Used twice: by `make fuzz`, which
/// looks for bytes that break it, and by the tests, which replay the corpora.
struct Fuzzer: Sendable {
    /// The name on the command line, and of the folder of its corpus.
    let name: String
    /// Throws ``BrokenPromise`` if the bytes break a promise. It must not trap, and must end.
    let check: @Sendable ([UInt8]) async throws -> Void

    static let all = [
        heartRate, broadcast, bus, serviceMessages, answers, times, addresses, hubRequests, hubBodies, hubFrames,
        streamFrames, configuration, statusAnswer, history, readerAnswers, fit, rrText, oscQuery,
    ]
}
