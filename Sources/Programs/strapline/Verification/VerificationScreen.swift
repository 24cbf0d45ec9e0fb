import Console

/// What a verification prints.
struct VerificationScreen: Sendable {
    let isJSON: Bool

    func show(_ results: [DeliveryMatcher.Result]) {
        for result in results {
            StandardStream.output.print(
                isJSON ? (try? VerificationRecord(result).json()) ?? "" : VerificationText.line(result))
        }
    }

    func show(_ summary: VerificationSummary) {
        guard !isJSON else {
            StandardStream.output.print((try? VerificationSummaryRecord(summary).json()) ?? "")
            return
        }
        StandardStream.output.print("")
        for line in VerificationText.lines(of: summary) { StandardStream.output.print(line) }
        StandardStream.output.print(VerificationText.sentence(summary))
    }

    func note(_ text: String) { StandardStream.error.print(text) }
}
