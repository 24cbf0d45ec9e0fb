import ServiceLifecycle

/// Ends everything when a token is not taken: nobody is there to mend it meanwhile.
struct RejectionWatch: Service {
    struct Rejected: Error, CustomStringConvertible {
        let description: String
    }

    let tally: SendingTally

    func run() async throws {
        for await reason in tally.rejections.cancelOnGracefulShutdown() { throw Rejected(description: reason) }
    }
}
