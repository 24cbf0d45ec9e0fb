import Delivery
import Timing

@testable import Destinations
@testable import Pulsoid
@testable import Tokens
@testable import WebClient

extension Fuzzer {
    /// Answers of services to a write: a wait is bounded, words are fit for a log, and the token is in none of them.
    static let answers = Fuzzer(name: "answers") { bytes in
        var source = ByteSource(bytes)
        let status = Int(source.word())
        let head = source.piece() + source.piece()
        let response = WebResponse(status: status, head: head, body: source.remainder())
        guard let token = AccessToken("s3cret-t0ken"), let service = try? ServiceAddress("https://example.org") else {
            return
        }
        let pulsoid = PulsoidResponse(response, from: service, token: token, kept: .environment(variable: "T"))
        let cardiogram = CardiogramResponse(response, from: service, token: token, kept: .environment(variable: "T"))
        for outcome in [pulsoid.outcomeOfWrite(StillTime()), cardiogram.outcome(StillTime())] {
            switch outcome {
            case .accepted: try hold((200...299).contains(status), "only success is success")
            case .tryLater(let wait, let reason):
                let longest = Duration.seconds(WebResponse.longestRetryAfterSeconds)
                try hold(wait.map { $0 >= .zero && $0 <= longest } ?? true, "the wait is bounded")
                try checkSentence(reason)
            case .refused(let reason), .pause(let reason): try checkSentence(reason)
            }
        }
    }

    private static func checkSentence(_ text: String) throws {
        try hold(!text.contains("s3cret-t0ken"), "the token is not shown")
        try hold(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "fit for a log: \(text)")
        try hold(text.utf8.count < 4096, "a sentence has an end")
    }
}
