import Console
import Foundation
import HubAPI
import PulsoidAPI
import Setup
import TextFormats
import Tokens
import UploaderStatus
import Verification
import WebClient

@testable import Pulsoid
@testable import strapline

extension Fuzzer {
    /// Answers that readers understand: sentences, ages, waits and verdicts, with any numbers.
    static let readerAnswers = Fuzzer(name: "reader-answers") { bytes in
        let now: Int64 = 1_795_539_839_120
        if let message = decode(HeartRateMessage.self, bytes) {
            try checkLine(LatestCommand.sentence(message, nowMilliseconds: now))
            _ = WallTime.text(ofMilliseconds: message.measuredAtMilliseconds)
            _ = WallTime.dateAndTime(ofMilliseconds: message.measuredAtMilliseconds)
        }
        if let message = decode(RoomMessage.self, bytes) { try checkLine(RoomStreamCommand.sentence(message)) }
        if let answer = decode(ReadingHistory.self, bytes) {
            _ = answer.points.map { $0.isOf([72]) && $0.atMilliseconds / 1000 >= answer.fromMilliseconds / 1000 }
        }
        if let authorization = decode(DeviceAuthorization.self, bytes) {
            var login = DeviceLogin(authorization, now: .seconds(5))
            _ = login.start()
            for answer in [TokenResponse.slowDown, .unavailable(after: .seconds(3600), reason: ""), .pending] {
                _ = login.handle(answer, now: .seconds(10))
            }
            for line in DeviceLoginScreen.lines(authorization, columns: nil) { try checkLine(line) }
        }
        if let status = decode(StatusReport.self, bytes) {
            for line in StatusText.lines(of: status) { try checkLine(line.printableLines()) }
        }
        guard let service = try? ServiceAddress("https://example.org") else { return }
        let response = WebResponse(status: 200, body: bytes)
        let grant = TokenResponse(response, from: service, clientID: "c", without: [], time: StillTime())
        if case .granted(let token) = grant { try hold(token.expiresAtSeconds ?? 0 >= 0, "an end is a time") }
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        try? JSONDecoder().decode(type, from: Data(bytes))
    }

    private static func checkLine(_ line: String) throws {
        let isSafe = line.unicodeScalars.allSatisfy {
            ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
        try hold(isSafe, "a line moves no cursor: \(line.debugDescription)")
    }
}
