import EventThread
import FoundationEssentials
import Timing

/// Asks a running uploader how it stands.
package struct StatusClient {
    /// The uploader answers in milliseconds, unless it hangs.
    static let limit: Duration = .seconds(5)
    private static let answerBytes = 1 << 22

    package var clock: any Clock<Duration> = ContinuousClock()

    package init(clock: any Clock<Duration> = ContinuousClock()) {
        self.clock = clock
    }

    package func ask(at path: String) async throws(StatusSocketError) -> StatusReport {
        do {
            let answer = try await withTimeout(Self.limit, clock: clock) { try await Self.read(path) }
            return try JSONDecoder().decode(StatusReport.self, from: Data(answer))
        } catch let error as StatusSocketError {
            throw error
        } catch is DecodingError {
            throw .garbled(path)
        } catch {
            throw .timedOut(path)
        }
    }

    private static func read(_ path: String) async throws -> [UInt8] {
        let socket = try StatusSocket.connected(to: path)
        var answer: [UInt8] = []
        while answer.count < answerBytes {
            try Task.checkCancellation()
            guard let bytes = try socket.receive(from: path) else {
                await EventThread.shared.untilReadable(socket.descriptor)
                continue
            }
            if bytes.isEmpty { break }
            answer += bytes
        }
        return answer
    }
}
