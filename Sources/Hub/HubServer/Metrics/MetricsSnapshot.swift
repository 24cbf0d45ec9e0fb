import HubStore
import PrometheusMetrics
import Timing

/// All values of `/metrics` at one moment.
struct MetricsSnapshot: Sendable {
    /// How long a heart rate counts as live after its measurement, as on the web page. Then its line disappears: an
    /// old rate would look like a live one.
    private static let liveMilliseconds: Int64 = 10_000

    let counts: HubCounts
    let directory: AccountDirectory
    let openConnections: Int
    let files: DatabaseSizes
    /// Nil for a SQLite file.
    var server: ServerStatus?
    let now: Moment

    var families: [MetricFamily] {
        [
            MetricFamily(
                "strapline_hub_build_info", help: "The version that runs.",
                .gauge([MetricSample(1, ["version": HubBuild.version])])),
            MetricFamily(
                "strapline_hub_requests_total", help: "Requests answered, by route and status; 101 is a stream begun.",
                .counter(
                    counts.answers.sorted { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) }
                        .map { MetricSample($0.value, ["route": $0.key.route, "status": "\($0.key.status)"]) })),
            MetricFamily(
                "strapline_hub_connections", help: "Open connections, streams included.",
                .gauge([MetricSample(openConnections)])),
            MetricFamily(
                "strapline_hub_displaced_connections_total",
                help: "Connections that were closed because a newer one needed their place.",
                .counter([MetricSample(counts.displacedConnections)])),
        ] + writes + streams + store + (server.map(Self.families) ?? []) + [heartRates]
    }

    private var writes: [MetricFamily] {
        [
            MetricFamily(
                "strapline_hub_readings_accepted_total",
                help: "Readings of Pulsoid's call that are on disk; repeated ones were there before.",
                .counter([
                    MetricSample(counts.storedReadings, ["repeated": "false"]),
                    MetricSample(counts.repeatedReadings, ["repeated": "true"]),
                ])),
            MetricFamily(
                "strapline_hub_beats_accepted_total",
                help: "Beats of Cardiogram's call that are on disk; repeated ones were there before.",
                .counter([
                    MetricSample(counts.storedBeats, ["repeated": "false"]),
                    MetricSample(counts.repeatedBeats, ["repeated": "true"]),
                ])),
            MetricFamily(
                "strapline_hub_commit_seconds",
                help: "How long a transaction with clients' writes took until it was on disk.",
                .histogram([MetricSeries(counts.commits)])),
            MetricFamily(
                "strapline_hub_commit_failures_total", help: "Transactions that the database has refused.",
                .counter([MetricSample(counts.failedCommits)])),
        ]
    }

    private var streams: [MetricFamily] {
        [
            MetricFamily(
                "strapline_hub_stream_readers", help: "Readers of streams.",
                .gauge(
                    StreamKind.allCases.map { MetricSample(counts.readers[$0] ?? 0, ["stream": $0.rawValue]) })),
            MetricFamily(
                "strapline_hub_dropped_readers_total",
                help: "Readers who were dropped: too far behind, or silent though they were pinged.",
                .counter(
                    HubCounts.Drop.allCases.map { MetricSample(counts.drops[$0] ?? 0, ["reason": $0.rawValue]) })),
        ]
    }

    private var store: [MetricFamily] {
        [
            MetricFamily(
                "strapline_hub_store_bytes", help: "Size of the database and of its write-ahead log.",
                .gauge([
                    MetricSample(files.databaseBytes, ["file": "database"]),
                    MetricSample(files.logBytes, ["file": "log"]),
                ])),
            MetricFamily(
                "strapline_hub_disk_free_bytes", help: "Room that is left on the disk with the database.",
                .gauge(files.freeBytes.map { [MetricSample($0)] } ?? [])),
            MetricFamily(
                "strapline_hub_users", help: "Users that there are.", .gauge([MetricSample(directory.users.count)])),
            MetricFamily(
                "strapline_hub_rooms", help: "Rooms that there are.", .gauge([MetricSample(directory.rooms.count)])),
        ]
    }

    private static func families(_ server: ServerStatus) -> [MetricFamily] {
        [
            MetricFamily(
                "strapline_hub_database_syncing_standbys", help: "Standbys that a write waits for.",
                .gauge([MetricSample(server.syncingStandbys)])),
            MetricFamily(
                "strapline_hub_database_standby_lag_seconds", help: "How far the slowest of them is behind.",
                .gauge(server.standbyLagSeconds.map { [MetricSample($0)] } ?? [])),
            MetricFamily(
                "strapline_hub_database_heartbeat_age_seconds",
                help: "Time since the database answered. Above 2 seconds the hub refuses requests.",
                .gauge([MetricSample(server.heartbeatAgeSeconds)])),
            MetricFamily(
                "strapline_hub_database_clock_offset_seconds",
                help: "How far the clock of this machine is ahead of the database server's.",
                .gauge(server.clockOffsetSeconds.map { [MetricSample($0)] } ?? [])),
            MetricFamily(
                "strapline_hub_database_log_events_behind",
                help: "Entries of the shared log that this hub has not handled.",
                .gauge([MetricSample(server.logEntriesBehind)])),
        ]
    }

    private var heartRates: MetricFamily {
        let live = counts.newestReadings.values
            .filter { now.wallMilliseconds - $0.measuredAtMilliseconds < Self.liveMilliseconds }
            .sorted { $0.userID < $1.userID }
        return MetricFamily(
            "strapline_hub_heart_rate_bpm",
            help: "Heart rate in beats per minute of each user whose newest reading is less than 10 seconds old.",
            .gauge(
                live.compactMap { reading in
                    directory.users[reading.userID].map { user in
                        MetricSample(reading.heartRate, ["user": user.name, "profile_id": user.profileID])
                    }
                }))
    }
}
