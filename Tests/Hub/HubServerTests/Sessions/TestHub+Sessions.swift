import FoundationEssentials
import HeartRate
import HubAPI
import HubStore
import NIOHTTP1
import Testing

extension TestHub {
    /// Writes a reading a second, with an RR interval each if wanted, past HTTP.
    func wear(
        from start: Int64, seconds: Int64, rate: UInt16 = 100, intervals: [UInt16] = [], user: Int64 = 1
    ) async throws {
        try await store.readings.append(
            (0..<seconds).map { second in
                DetailedReading(
                    measuredAtMilliseconds: start + second * 1000,
                    measurement: HeartRateMeasurement(
                        beatsPerMinute: rate, contact: .detected,
                        rrIntervals: intervals.isEmpty ? [] : [intervals[Int(second) % intervals.count]]))
            }, ofUser: user)
    }

    /// The answer to a call that succeeds.
    func read<Answer: Decodable>(_ path: String, token: String) async throws -> Answer {
        let answer = try await send(.GET, path, token: token)
        #expect(answer.status == 200, "\(path): \(answer.body)")
        return try JSONDecoder().decode(Answer.self, from: Data(answer.body.utf8))
    }
}
