/// What the hub takes from its clients at most. Everything that a stranger can send is bounded.
package struct HubLimits: Sendable, Hashable {
    /// Body of a reading: the documented one has 60 bytes. Beyond it: 413.
    package var readingBodyBytes = 4 << 10
    /// Body of a batch of beats: room for some 15,000. Beyond it: 413.
    package var beatsBodyBytes = 1 << 20
    /// Body of a form of OAuth. Beyond it: 413.
    package var formBodyBytes = 4 << 10
    /// Body of a call of the administration: room for a configuration. Beyond it: 413.
    package var adminBodyBytes = 64 << 10
    /// The head of a request: its first line and all header fields. Beyond it: 431.
    package var headerBytes = 8 << 10
    /// Number of header fields. Beyond it: 431.
    package var headerCount = 64
    /// Connections that have not shown a good token. Beyond it the oldest of the address that has the most is closed.
    package var strangers = 384
    /// The same of one address, but for a trusted proxy's. Beyond it the oldest of that address is closed. See
    /// docs/decisions/0002-places-for-connections.md.
    package var strangersPerAddress = 128
    /// Connections whose last good request had a token. Beyond it the one that was idle longest is closed, of the token that
    /// has the most.
    package var callers = 500
    /// The same of one token.
    package var callersPerToken = 100
    /// Open streams. Beyond it: 503.
    package var streams = 5100
    /// Connections that are accepted beyond all of these, while those that give up their place are being closed. The rest
    /// waits to be accepted.
    package var closingConnections = 128
    /// What bodies on their way may take together, each beyond ``freeBodyBytes``. Beyond it: 503.
    package var bodyBytesInFlight = 6 << 20
    /// What each body may take in any case.
    package var freeBodyBytes = 16 << 10
    /// What answers to good tokens may take together until they are sent, each beyond ``freeAnswerBytes``. Beyond it: 503.
    package var answerBytesInFlight = 4 << 20
    /// What each answer may take in any case.
    package var freeAnswerBytes = 16 << 10
    /// A head must be complete this long after its first byte, the first one this long after the connection was made. Then
    /// the connection is closed, with 408 where a head had begun.
    package var headSeconds: Int64 = 10
    /// A request must be complete this long after the one before was answered or the connection was made; then the
    /// connection is closed, with 408 where a request had begun. It also bounds how long an unused connection is kept.
    package var requestSeconds: Int64 = 75
    /// One message of a WebSocket client. None of the streams takes messages: this is for politeness.
    package var messageBytes = 1 << 10
    /// What may wait for a slow reader of a stream (some 500 messages), beside the kernel's own buffers. A reader who
    /// falls behind further is dropped.
    package var streamBufferBytes = 64 << 10
    /// The same of all readers who are behind. Beyond it a reader who falls behind is dropped at once.
    package var streamBufferBytesOfAll = 4 << 20
    /// A reader who was silent for this long is sent a ping.
    package var pingSeconds: Int64 = 20
    /// A reader who was silent for this long, pings unanswered, is dropped.
    package var silenceSeconds: Int64 = 60
    /// How far ahead of the hub's own clock a reading may be measured: room for clocks that differ. Beyond it: 400.
    package var futureMilliseconds: Int64 = 5 * 60 * 1000
    /// The same while the hub's clock is not synchronised: it may be a machine without a clock battery, back after months
    /// in a drawer, on a network without time service.
    package var futureMillisecondsWithUntrustedClock: Int64 = 366 * 24 * 60 * 60 * 1000
    /// The earliest `measured_at` (9 September 2001): smaller numbers are seconds sent by mistake. Before it: 400.
    package var earliestMeasuredAtMilliseconds: Int64 = 1_000_000_000_000
    /// The highest heart rate that a strap can tell (16 bits on the air). Above it: 400.
    package var heartRate = Int(UInt16.max)
    /// Longest time that one answer of history covers: a week of readings each second is some 600,000, which take about
    /// as long to read as a person notices. Beyond it: 400.
    package var historySeconds: Int64 = 7 * 24 * 60 * 60
    /// Points in one answer of history: what a wide screen can show. Beyond it: 400.
    package var historyPoints: Int64 = 2000
    /// How far back the members of a room see one another's past. A token for a room may stand in an overlay's address; it
    /// must not be the key to everything that its members' hearts ever did.
    package var roomHistorySeconds: Int64 = 24 * 60 * 60

    /// How long an access token of a client is good for; a refresh brings the next.
    package var accessTokenSeconds: Int64 = 30 * 24 * 60 * 60
    /// How long a client may go without a refresh before a person has to let it in again.
    package var refreshTokenSeconds: Int64 = 365 * 24 * 60 * 60
    /// Living consents of one user for one client. Beyond it the next is refused: to end the oldest would let a thief of a token
    /// push out the owner's programs.
    package var grantsPerUserAndClient = 20
    /// Between two refreshes of one consent; the first may come at once. Sooner: 429.
    package var refreshIntervalSeconds: Int64 = 60
    /// How long a person has to allow a device, as at Pulsoid.
    package var deviceCodeSeconds: Int64 = 600
    /// How often a device asks whether it was allowed, as at Pulsoid.
    package var devicePollSeconds: Int64 = 3
    /// How long a program has to exchange the code that a person comes back with (RFC 6749, 4.1.2: 10 minutes at most).
    package var authorizationCodeSeconds: Int64 = 60
    /// Devices that wait to be allowed, and codes that wait to be exchanged. Beyond it: 429.
    package var pendingDevices = 200
    /// The same from one address. Beyond it: 429.
    package var pendingDevicesPerAddress = 10
    /// User codes and tokens that may be entered wrong on the consent page within a minute from one address, and codes
    /// with one good token. Beyond it: 429.
    package var wrongGuessesPerMinute = 10
    /// The same from all addresses together, where no good token was entered. A code has 34 bits: to guess one of 200
    /// takes half a year on average. Beyond it: 429, but never for a person with a good token.
    package var wrongGuessesOfAllPerMinute = 300
    /// Histories and statistics that are read at once: a month can take seconds, and `latest` needs a reader too. One
    /// user has one of them at a time; the others wait for their turn, user by user.
    package var concurrentHistories = 2
    /// Histories and statistics of one token, waiting ones included. Beyond it: 429.
    package var historiesPerToken = 2
    /// Histories and statistics that wait for their turn. Beyond it: 503.
    package var waitingHistories = 100
    /// Open streams of one token; 0 for no limit, then ``streamsPerUser`` is none either. Beyond it: 429.
    package var streamsPerToken = 10
    /// Open streams of all tokens of one user. Beyond it: 429.
    package var streamsPerUser = 50
    /// Bodies that are on their way with one token. Beyond it: 429.
    package var bodiesPerToken = 4
    /// Readings and beats of one user within a day, twelve each second; as many may come at once after a day without.
    /// Beyond it: 429.
    package var rowsPerUserAndDay = 1_000_000

    /// How often something may be done: so often each second for as long as one likes, and as many at once as
    /// ``burst``.
    package struct Rate: Sendable, Hashable {
        /// 0 for no limit.
        package var perSecond: Int
        package var burst: Int

        package init(perSecond: Int, burst: Int) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    /// Requests of one address for pages and for whatever needs no token. Beyond it, and the three below: 429.
    package var pageRate = Rate(perSecond: 50, burst: 500)
    /// Calls of OAuth from one address.
    package var oauthRate = Rate(perSecond: 10, burst: 100)
    /// Requests of one address that are refused for their token.
    package var refusedRate = Rate(perSecond: 5, burst: 100)
    /// Calls of the administration from one address.
    package var administrationRate = Rate(perSecond: 20, burst: 200)
    /// Addresses that are told apart. Those that come when there are more share the limits of ten.
    package var pacedAddresses = 10_000

    /// Requests with one token within a second; 0 for no limit. After a second without any, twice as many. Beyond it: 429.
    package var requestsPerSecond = 0

    /// What Pulsoid publishes for every endpoint.
    package static let publishedRequestsPerSecond = 20

    package init() {}

    /// All connections that are served at once.
    package var connections: Int { strangers + callers + streams }

    /// The same limits for a hub that speaks TLS, where each connection takes more memory.
    var withTLS: HubLimits {
        var limits = self
        limits.callers = min(callers, 400)
        limits.streams = min(streams, 2400)
        return limits
    }

    /// The same limits for a process that may open this many files for connections: a quarter for strangers, a quarter for
    /// callers, the rest for streams. Nil when there are too few to serve anybody.
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

    /// With fewer a browser alone would take all.
    private static let leastConnections = 32
}
