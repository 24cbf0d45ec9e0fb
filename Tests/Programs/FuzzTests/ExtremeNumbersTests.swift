import Console
import Foundation
import Replay
import Testing
import WebClient

@testable import strapline

/// Numbers at the edges of every type, in each place of an answer where a number can stand.
@Suite(.timeLimit(.minutes(10))) struct ExtremeNumbersTests {
    private static let numbers = [
        "0", "-0", "-1", "0.5", "127", "128", "255", "256", "32768", "65535", "65536", "2147483647", "2147483648",
        "4294967296", "-2147483649", "9007199254740993", "1e15", "9223372036854775", "9223372036854775807",
        "-9223372036854775808", "9223372036854775808", "18446744073709551615", "18446744073709551616", "1e18", "-1e18",
        "1e19", "1e38", "1e300", "-1e300", "1e308", "1e309", "1e-320", "253402300799999", "253402300800000",
        "-62135596800001",
    ]

    /// `N` is replaced by each number.
    private static let answers = [
        #"{"measured_at":N,"data":{"heart_rate":N}}"#,
        #"{"timestamp":N,"data":{"heartRate":N}}"#,
        #"{"kind":"heart_rate","timestamp":"2024-03-01T17:00:00Z","heart_rate":{"profile_id":"p","bpm":N}}"#,
        #"{"kind":"room_updated","timestamp":"9999-12-31T23:59:60.N+23:59","#
            + #""room_updated":{"room_id":"r","config":{"a":N}}}"#,
        #"{"from":N,"points":[{"at":N,"minimum_bpm":N,"average_bpm":N,"maximum_bpm":N,"count":N}]}"#,
        #"{"access_token":"a","refresh_token":"r","expires_in":N}"#,
        #"{"client_id":"c","expires_in":N,"profile_id":"p","scopes":[]}"#,
        #"{"device_code":"d","user_code":"u","verification_uri":"v","expires_in":N,"interval":N}"#,
        #"{"access_token":"a","expires_at":N}"#,
        #"{"strap":"chest","measured_at_ms":N,"bpm":N}"#,
    ]

    @Test(arguments: answers) func reader_ofAnswersWithExtremeNumbers_doesNotTrap(answer: String) async throws {
        for number in Self.numbers {
            let text = answer.replacing("N", with: number)
            for fuzzer in [Fuzzer.readerAnswers, .serviceMessages, .history, .addresses] {
                do {
                    try await fuzzer.check(Array(text.utf8))
                } catch {
                    Issue.record("\(fuzzer.name): \(text): \(error)")
                }
            }
        }
    }

    @Test func table_withExtremeNumbers_isReadOrRefused() async throws {
        for number in Self.numbers {
            for table in [
                "measured_at_ms,bpm\n\(number),\(number)\n", "measured_at_ms;bpm\n1;\(number)\n\(number);60\n",
            ] {
                try await Fuzzer.history.check(Array(table.utf8))
                guard let readings = try? RecordedHistory(Array(table.utf8), path: "t").readings else { continue }
                for speed in [nil, 0.001, 1, 1_000_000] { _ = ReplayFeed(readings, speed: speed, isAsNow: false) }
            }
        }
    }

    @Test(arguments: [
        "N", "Sun, 06 Nov N 08:49:37 GMT", "Sun, N Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 N:N:N GMT",
    ])
    func retryAfter_withExtremeNumbers_isBounded(header: String) {
        for number in Self.numbers {
            let value = header.replacing("N", with: number)
            for date in [value, "Sun, 06 Nov 1994 08:49:37 GMT"] {
                let response = WebResponse(status: 503, headers: [("Retry-After", value), ("Date", date)], body: [])
                let wait = response.retryAfter(StillTime())
                #expect(wait.map { $0 >= .zero && $0 <= .seconds(WebResponse.longestRetryAfterSeconds) } ?? true)
            }
        }
    }

    @Test(arguments: ["Ns", "Nm", "Nh", "Nd", "N"]) func lengthOfTime_withExtremeNumbers_isRefused(text: String) {
        for number in Self.numbers {
            guard let span = TimeSpan(argument: text.replacing("N", with: number)) else { continue }
            #expect(span.duration > .zero && span.duration <= .seconds(100 * 365 * 86_400))
        }
    }
}
