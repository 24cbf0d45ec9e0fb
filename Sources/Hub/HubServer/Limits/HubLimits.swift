/// The limits of the hub. Everything that a stranger can send has one.
package struct HubLimits: Sendable, Hashable {
    /// Body of a reading: the documented one has 60 bytes. Beyond it: 413.
    package var readingBodyBytes = 4 << 10
    /// Body of readings with contact and RR intervals. Beyond it: 413.
    package var detailedBodyBytes = 128 << 10
    /// Readings in such a body. Beyond it: 400.
    package var readingsPerBody = 500
    /// RR intervals of one reading: a packet of Bluetooth has 9, a long one some 120. Beyond it: 400.
    package var intervalsPerReading = 128
    /// Body of a batch of beats: some 15,000 fit. Beyond it: 413.
    package var beatsBodyBytes = 1 << 20
    /// Body of a form of OAuth. Beyond it: 413.
    package var formBodyBytes = 4 << 10
    /// Body of a call of the administration: a configuration fits. Beyond it: 413.
    package var adminBodyBytes = 64 << 10
    /// The head of a request: its first line and all header fields. Beyond it: 431.
    package var headerBytes = 8 << 10
    /// Number of header fields. Beyond it: 431.
    package var headerCount = 64
    /// Connections that have not shown a good token. Beyond it the oldest connection of the address
    /// with the most is closed.
    package var strangers = 384
    /// The same for one address, except a trusted proxy's. Beyond it the oldest of that address is closed. See
    /// docs/decisions/0002-places-for-connections.md.
    package var strangersPerAddress = 128
    /// Connections whose last good request had a token. Beyond it the one with the longest idle time is closed, of
    /// the token with the most.
    package var callers = 500
    /// The same for one token.
    package var callersPerToken = 100
    /// Open streams. Beyond it: 503.
    package var streams = 5100
    /// Connections that are accepted beyond all of these while displaced ones close. Further ones wait to be accepted.
    package var closingConnections = 128
    /// Memory for all incoming bodies together, each beyond ``freeBodyBytes``. Beyond it: 503.
    package var bodyBytesInFlight = 6 << 20
    /// Memory that each body may use in any case.
    package var freeBodyBytes = 16 << 10
    /// Memory for all unsent answers to good tokens together, each beyond ``freeAnswerBytes``. Beyond it: 503.
    package var answerBytesInFlight = 4 << 20
    /// Memory that each answer may use in any case.
    package var freeAnswerBytes = 16 << 10
    /// Time-out for a head, from its first byte; for the first head from the beginning of the connection. Then the
    /// connection is closed, with 408 if a head has begun.
    package var headSeconds: Int64 = 10
    /// Time-out for a request, from the previous answer or the beginning of the connection. Then the connection is
    /// closed, with 408 if a request has begun. It is also the idle time-out.
    package var requestSeconds: Int64 = 75
    /// One message of a WebSocket client. The hub reads and ignores messages.
    package var messageBytes = 1 << 10
    /// Backlog of a slow reader of a stream (some 500 messages), beside the kernel's own buffers. A reader with a
    /// larger one is dropped.
    package var streamBufferBytes = 64 << 10
    /// The same for all slow readers together. Beyond it a reader is dropped as soon as it falls behind.
    package var streamBufferBytesOfAll = 4 << 20
    /// The hub pings a reader that was silent for this long.
    package var pingSeconds: Int64 = 20
    /// The hub drops a reader that was silent for this long, pings unanswered.
    package var silenceSeconds: Int64 = 60
    /// How far ahead of the hub's own clock a reading may be measured: clocks differ. Beyond it: 400.
    package var futureMilliseconds: Int64 = 5 * 60 * 1000
    /// The same while the hub's clock is not synchronised: a machine without a clock battery may be months behind.
    package var futureMillisecondsWithUntrustedClock: Int64 = 366 * 24 * 60 * 60 * 1000
    /// The earliest `measured_at` (9 September 2001): smaller numbers are seconds sent by mistake. Before it: 400.
    package var earliestMeasuredAtMilliseconds: Int64 = 1_000_000_000_000
    /// The highest heart rate of the Bluetooth format (16 bits). Above it: 400.
    package var heartRate = Int(UInt16.max)
    /// Longest time of one answer of history. A week with a reading each second is some 600,000 rows. Beyond it: 400.
    package var historySeconds: Int64 = 7 * 24 * 60 * 60
    /// Points in one answer of history: the width of a large screen. Beyond it: 400.
    package var historyPoints: Int64 = 2000
    /// How much history the members of a room see of one another. A token for a room may be part of an overlay's
    /// address, so it must not give access to the whole history.
    package var roomHistorySeconds: Int64 = 24 * 60 * 60
    /// Sessions in one answer. Beyond it: 400.
    package var sessionsPerPage: Int64 = 100
    /// Longest session that is read reading by reading. Of a longer one curve and zones come from averages.
    package var sessionSeconds: Int64 = 24 * 60 * 60
    /// Readings in one exported file, and of a session that is read reading by reading: a day with one each second. A
    /// file with more: 400.
    package var exportedReadings = 100_000
    /// RR intervals of a session that is read: five a second for a day. With more there is no variability and no file.
    package var sessionIntervals = 500_000
    /// Longest calendar: a leap year, and a day for the time zone. Beyond it: 400.
    package var calendarDays: Int64 = 367
    /// Longest trend of mornings. Beyond it: 400.
    package var morningDays: Int64 = 100

    /// Lifetime of a client's access token; a refresh returns the next.
    package var accessTokenSeconds: Int64 = 30 * 24 * 60 * 60
    /// Lifetime of a client's refresh token. After it the user must allow the client again.
    package var refreshTokenSeconds: Int64 = 365 * 24 * 60 * 60
    /// Living grants of one user for one client. Beyond it the next is refused: ending the oldest would let the thief
    /// of a token displace the owner's programs.
    package var grantsPerUserAndClient = 20
    /// Minimum time between two refreshes of one grant; the first may come at once. Sooner: 429.
    package var refreshIntervalSeconds: Int64 = 60
    /// Lifetime of a device code, as at Pulsoid.
    package var deviceCodeSeconds: Int64 = 600
    /// Poll interval of a device, as at Pulsoid.
    package var devicePollSeconds: Int64 = 3
    /// Lifetime of an authorization code (RFC 6749, 4.1.2: 10 minutes at most).
    package var authorizationCodeSeconds: Int64 = 60
    /// Pending device authorizations, and pending authorization codes. Beyond it: 429.
    package var pendingDevices = 200
    /// The same for one address. Beyond it: 429.
    package var pendingDevicesPerAddress = 10
    /// Wrong user codes and tokens on the consent page within a minute from one address, and wrong codes with one
    /// good token. Beyond it: 429.
    package var wrongGuessesPerMinute = 10
    /// The same for all addresses together, without a good token. A code has 34 bits: guessing one of 200 takes half
    /// a year on average. Beyond it: 429, but never with a good token.
    package var wrongGuessesOfAllPerMinute = 300
    /// Histories and statistics that are read at once: a month can take seconds, and `latest` needs a connection too.
    /// One user has one at a time; the others wait, user by user.
    package var concurrentHistories = 2
    /// Histories and statistics of one token, waiting ones included. Beyond it: 429.
    package var historiesPerToken = 2
    /// Waiting histories and statistics. Beyond it: 503.
    package var waitingHistories = 100
    /// Open streams of one token; 0 for no limit, also of ``streamsPerUser``. Beyond it: 429.
    package var streamsPerToken = 10
    /// Open streams of all tokens of one user. Beyond it: 429.
    package var streamsPerUser = 50
    /// Incoming bodies with one token. Beyond it: 429.
    package var bodiesPerToken = 4
    /// Readings and beats of one user within a day, twelve each second; all may come at once after a day without.
    /// Beyond it: 429.
    package var rowsPerUserAndDay = 1_000_000

    /// A rate limit: the rate on average, and ``burst`` at once.
    package struct Rate: Sendable, Hashable {
        /// 0 for no limit.
        package var perSecond: Int
        package var burst: Int

        package init(perSecond: Int, burst: Int) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    /// Requests of one address for pages and other calls without a token. Beyond it, and the three below: 429.
    package var pageRate = Rate(perSecond: 50, burst: 500)
    /// Calls of OAuth from one address.
    package var oauthRate = Rate(perSecond: 10, burst: 100)
    /// Requests of one address that are refused for their token.
    package var refusedRate = Rate(perSecond: 5, burst: 100)
    /// Calls of the administration from one address.
    package var administrationRate = Rate(perSecond: 20, burst: 200)
    /// Addresses with a limit of their own. Further ones share the limits of ten.
    package var pacedAddresses = 10_000

    /// Requests with one token within a second; 0 for no limit. After a second without any, twice as many. Beyond it:
    /// 429.
    package var requestsPerSecond = 0

    /// Pulsoid's published limit for every endpoint.
    package static let publishedRequestsPerSecond = 20

    package init() {}

    /// All connections that are served at once.
    package var connections: Int { strangers + callers + streams }

    /// The same limits for a hub with TLS: each connection uses more memory.
    var withTLS: HubLimits {
        var limits = self
        limits.callers = min(callers, 400)
        limits.streams = min(streams, 2400)
        return limits
    }

    /// The same limits for a process that may open this many files for connections: a quarter for strangers, a
    /// quarter for callers, the rest for streams. Nil if they are too few to serve any client.
    package func fitting(connectionFiles: Int) -> HubLimits? {
        var limits = self
        limits.closingConnections = min(closingConnections, connectionFiles / 4)
        let files = connectionFiles - limits.closingConnections
        guard files >= Self.leastConnections else { return nil }
        limits.strangers = min(strangers, files / 4)
        limits.strangersPerAddress = min(strangersPerAddress, max(1, limits.strangers / 2))
        limits.callers = min(callers, files / 4)
        limits.streams = min(streams, files - limits.strangers - limits.callers)
        return limits
    }

    /// With fewer, one browser would use all.
    private static let leastConnections = 32
}
