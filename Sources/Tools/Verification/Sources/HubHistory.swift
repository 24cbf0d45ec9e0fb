import Delivery
import FoundationEssentials
package import HubAPI
package import Tokens
package import WebClient

/// Asks a hub of one's own which readings it has. Pulsoid has no such call.
package struct HubHistory: Sendable {
    package enum Failure: Error {
        /// It is no hub, or does not let this token see its history.
        case notThere
        case unavailable
    }

    /// An answer of so many points stays below ``WebClientLimits/responseBytes``.
    private static let secondsPerQuestion: Int64 = 400

    /// Half of what a hub takes with one token: the uploader may use the same.
    private static let questionsPerSecond = 10.0

    package let service: ServiceAddress
    package let token: TokenSource
    package let client: WebClient
    private let rateLimiter = RateLimiter(requestsPerSecond: questionsPerSecond)

    package init(service: ServiceAddress, token: TokenSource, client: WebClient) {
        self.service = service
        self.token = token
        self.client = client
    }

    /// Whether there is a hub, with a history that the token may see, as far as that can be known now.
    func mayBeThere() async -> Bool {
        do throws(Failure) {
            _ = try await ask(0..<1, profileID: nil)
            return true
        } catch {
            return error == .unavailable
        }
    }

    /// Whether the hub has each of the readings of a profile (nil: the token's user). Readings that are too old
    /// for the token are left out.
    ///
    /// If a second has exactly the expected rates, they are taken as kept. Otherwise each reading is requested.
    func holds(
        _ readings: [AcknowledgedReading], profileID: String?
    ) async throws(Failure) -> [AcknowledgedReading: Bool] {
        let bySecond = Dictionary(grouping: readings) { $0.measuredAtMilliseconds / 1000 }
        var rest = bySecond.keys.sorted()[...]
        var known: [AcknowledgedReading: Bool] = [:]
        while let first = rest.first {
            let seconds = rest.prefix { $0 < first + Self.secondsPerQuestion }
            rest = rest.dropFirst(seconds.count)
            let answer = try await ask(first * 1000..<(first + Self.secondsPerQuestion) * 1000, profileID: profileID)
            let points = Dictionary(answer.points.map { ($0.atMilliseconds / 1000, $0) }) { first, _ in first }
            for second in seconds {
                let visible = (bySecond[second] ?? []).filter { $0.measuredAtMilliseconds >= answer.fromMilliseconds }
                known.merge(try await holds(visible, in: points[second], profileID)) { first, _ in first }
            }
        }
        return known
    }

    private func holds(
        _ readings: [AcknowledgedReading], in point: ReadingHistory.Point?, _ profileID: String?
    ) async throws(Failure) -> [AcknowledgedReading: Bool] {
        var known: [AcknowledgedReading: Bool] = [:]
        let isOneEach = Set(readings.map(\.measuredAtMilliseconds)).count == readings.count
        let isWhole = isOneEach && point?.isOf(readings.map(\.beatsPerMinute)) == true
        for reading in readings {
            if point == nil || isWhole {
                known[reading] = isWhole
                continue
            }
            let time = reading.measuredAtMilliseconds
            let answer = try await ask(time..<time + 1, profileID: profileID)
            known[reading] = answer.points.first?.isOf([reading.beatsPerMinute]) == true
        }
        return known
    }

    private func ask(_ time: Range<Int64>, profileID: String?) async throws(Failure) -> ReadingHistory {
        var query = "?from=\(time.lowerBound)&to=\(time.upperBound)&resolution=1"
        if let profileID { query += "&profile_id=\(ServiceAddress.percentEncoded(profileID))" }
        guard let endpoint = try? RequestTemplate(.get, service, path: ReadingHistory.path + query),
            let secret = try? token.read()
        else { throw .notThere }
        let response: WebResponse
        do {
            try await rateLimiter.waitForTurn()
            response = try await client.send(to: endpoint, headers: [("Authorization", secret.bearer)])
        } catch {
            throw .unavailable
        }
        switch response.status {
        case 200:
            let answer = try? JSONDecoder().decode(ReadingHistory.self, from: Data(response.body))
            guard let answer else { throw .notThere }
            return answer
        case 500...599, 429: throw .unavailable
        default: throw .notThere
        }
    }
}

extension ReadingHistory.Point {
    /// Whether the point stands for these rates, and no others.
    package func isOf(_ rates: [Int]) -> Bool {
        count == rates.count && minimumBPM == rates.min() && maximumBPM == rates.max()
            && abs(averageBPM * Double(count) - Double(rates.reduce(0, +))) < 0.5
    }
}
