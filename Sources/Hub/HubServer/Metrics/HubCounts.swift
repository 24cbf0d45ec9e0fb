import HubStore
import PrometheusMetrics

/// The two kinds of streams.
enum StreamKind: String, Sendable, CaseIterable {
    case realTime = "real_time"
    case room
}

/// The counters of a running hub, for `/metrics`. Bounded by the routes and statuses, and by the number of users.
struct HubCounts: Sendable {
    /// The route of requests without a path of the hub, and of those that could not be read.
    static let otherRoute = "other"

    struct Answer: Sendable, Hashable {
        /// As in the documentation, `/heart/oauth/users/{userId}/beats`: no path of a stranger becomes a label.
        let route: String
        let status: Int
    }

    /// Why a reader of a stream was dropped.
    enum Drop: String, Sendable, CaseIterable {
        case tooSlow = "too_slow"
        case silent
    }

    /// Upper bounds in seconds: from a disk in memory to an SD card that stalls.
    private static let commitSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    private(set) var answers: [Answer: Int] = [:]
    private(set) var commits = MetricHistogram(upperBounds: commitSeconds)
    private(set) var failedCommits = 0
    /// Whether the last write succeeded; nil before the first.
    private(set) var lastCommitSucceeded: Bool?
    private(set) var storedReadings = 0
    private(set) var repeatedReadings = 0
    private(set) var storedBeats = 0
    private(set) var repeatedBeats = 0
    /// Readers by kind of stream.
    private(set) var readers: [StreamKind: Int] = [:]
    private(set) var drops: [Drop: Int] = [:]
    /// Connections that were closed to make a place for another.
    private(set) var displacedConnections = 0
    /// The newest reading of each user since the start of the hub, by the time of measurement.
    private(set) var newestReadings: [Int64: StoredReading] = [:]

    mutating func answered(_ route: String, status: Int) {
        answers[Answer(route: route, status: status), default: 0] += 1
    }

    mutating func committed(_ report: CommitReport) {
        lastCommitSucceeded = report.succeeded
        guard report.succeeded else {
            failedCommits += 1
            return
        }
        commits.observe(report.seconds)
        storedReadings += report.storedReadings
        repeatedReadings += report.readings - report.storedReadings
        storedBeats += report.storedBeats
        repeatedBeats += report.beats - report.storedBeats
    }

    /// A test write has succeeded.
    mutating func databaseWorks() {
        lastCommitSucceeded = true
    }

    mutating func stored(_ readings: [StoredReading]) {
        for reading in readings {
            let newest = newestReadings[reading.userID]?.measuredAtMilliseconds ?? .min
            if reading.measuredAtMilliseconds > newest { newestReadings[reading.userID] = reading }
        }
    }

    /// Deletes the counters of removed users.
    mutating func usersRemain(_ directory: AccountDirectory) {
        newestReadings = newestReadings.filter { directory.users[$0.key] != nil }
    }

    mutating func readerCame(_ kind: StreamKind) {
        readers[kind, default: 0] += 1
    }

    mutating func readerLeft(_ kind: StreamKind) {
        readers[kind, default: 0] -= 1
    }

    mutating func displacedConnection() {
        displacedConnections += 1
    }

    mutating func dropped(_ reason: Drop) {
        drops[reason, default: 0] += 1
    }
}
