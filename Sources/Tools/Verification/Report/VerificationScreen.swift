import Console

/// What a verification prints.
package struct VerificationScreen: Sendable {
    let isJSON: Bool

    package init(isJSON: Bool) {
        self.isJSON = isJSON
    }

    package func show(_ results: [DeliveryMatcher.Result]) {
        for result in results {
            StandardStream.output.print(
                isJSON ? (try? VerificationRecord(result).jsonLine()) ?? "" : VerificationText.line(result))
        }
    }

    package func show(_ summary: VerificationSummary) {
        guard !isJSON else {
            StandardStream.output.print((try? VerificationSummaryRecord(summary).jsonLine()) ?? "")
            return
        }
        StandardStream.output.print("")
        for line in VerificationText.lines(of: summary) { StandardStream.output.print(line) }
        StandardStream.output.print(VerificationText.sentence(summary))
    }

    func note(_ text: String) { StandardStream.error.print(text) }
}
