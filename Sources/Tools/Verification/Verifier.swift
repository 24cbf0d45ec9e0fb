package import Console
import Outbox
import Pulsoid
package import Timing

/// Follows a service beside a running uploader, and judges every reading that the outbox says was acknowledged.
package struct Verifier {
    /// A source with all that it takes to follow it.
    package struct Follower {
        let view: StreamFollower
        /// Nil where it is no hub that can be asked.
        package let history: HubHistory?
        /// Asks for the profiles of the lanes once more: the service may have been away at the start.
        let profiles: @Sendable () async -> [Lane: String]
        var matcher: DeliveryMatcher
    }

    private enum Next {
        case goOn
        /// Send this event after the time.
        case await(VerificationEvent, after: Duration)
        case end
    }

    /// How often the outbox is looked into: each look is a small query, and none delays the uploader.
    private static let lookInterval: Duration = .milliseconds(250)
    /// How often a hub is asked for what it has; memory holds the readings of so long.
    private static let askInterval: Duration = .seconds(10)
    /// How long a hub may take to answer: the verifier waits for it. The last answer may take longer.
    private static let askLimit: Duration = .seconds(5)
    private static let lastAskLimit: Duration = .seconds(60)

    private var followers: [Follower]
    private var watch: OutboxFollower
    private let window: Duration?
    private let grace: Duration
    private let screen: VerificationScreen
    private let time: any TimeSource
    private let clock: any Clock<Duration>
    private var hasOpened = false
    private var isEnding = false

    /// `window` counts from the opening of the first stream; nil runs until an interruption. `grace` is how
    /// long it waits at the end for readings in flight.
    package init(
        _ followers: [Follower], watch: OutboxFollower, window: Duration?, grace: Duration, screen: VerificationScreen,
        time: any TimeSource = KernelTime(), clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.followers = followers
        self.watch = watch
        self.window = window
        self.grace = grace
        self.screen = screen
        self.time = time
        self.clock = clock
    }

    /// Runs until the time is over or the interruption comes. A second interruption skips the grace.
    /// - Throws: `PulsoidError` if a token is rejected, `OutboxError`.
    package mutating func run(until interruption: Interruption) async throws -> VerificationSummary {
        let (events, report) = AsyncThrowingStream.makeStream(of: VerificationEvent.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            for view in followers.map(\.view) {
                group.addTask {
                    do {
                        try await view.follow { report.yield($0) }
                    } catch {
                        report.finish(throwing: error)
                    }
                }
            }
            for (event, interval) in [(VerificationEvent.look, Self.lookInterval), (.ask, Self.askInterval)] {
                group.addTask { [clock] in
                    while true {
                        try await clock.sleep(for: interval)
                        report.yield(event)
                    }
                }
            }
            group.addTask { await interruption.forEach { report.yield(.interrupted) } }
            var next: Next = window.map { .await(.timeIsOver(sinceOpening: false), after: $0) } ?? .goOn
            var incoming = events.makeAsyncIterator()
            while true {
                switch next {
                case .goOn: break
                case .end: return try await finish()
                case .await(let event, let wait):
                    group.addTask { [clock] in
                        try await clock.sleep(for: wait)
                        report.yield(event)
                    }
                }
                guard let event = try await incoming.next() else { throw CancellationError() }
                next = try await take(event)
            }
        }
    }

    private mutating func take(_ event: VerificationEvent) async throws -> Next {
        switch event {
        case .opened(let number, let at):
            // Report acknowledgements from before the opening of the stream first.
            try await look()
            let inFlightAtOpen = try await watch.inFlightAtOpen()
            let isFirst = !hasOpened
            hasOpened = true
            followers[number].matcher.opened(inFlightAtOpen: inFlightAtOpen, at: at.bootMilliseconds)
            if !followers[number].matcher.knowsMembers {
                let profiles = await followers[number].profiles()
                screen.show(followers[number].matcher.learn(profiles))
            }
            screen.note("connected")
            if isFirst, let window { return .await(.timeIsOver(sinceOpening: true), after: window) }
        case .closed(let number, let reason):
            followers[number].matcher.closed()
            screen.note("disconnected: \(reason)")
        case .seen(let number, let observation): screen.show(followers[number].matcher.see(observation))
        case .nothingNew(let number, let at): followers[number].matcher.heard(at: at.bootMilliseconds)
        case .look:
            try await look()
            settle()
        case .ask: await ask()
        case .timeIsOver(let sinceOpening):
            if sinceOpening || !hasOpened { return try await beginEnd() }
        case .interrupted: return try await beginEnd()
        case .graceIsOver: return .end
        }
        return isEnding && isSettled ? .end : .goOn
    }

    private mutating func beginEnd() async throws -> Next {
        if isEnding || !hasOpened { return .end }
        try await look()
        isEnding = true
        for index in followers.indices { followers[index].matcher.end() }
        return isSettled ? .end : .await(.graceIsOver, after: grace)
    }

    private mutating func finish() async throws -> VerificationSummary {
        try await look()
        await ask(all: true)
        settle(isEnd: true)
        var lanes: [Lane: VerificationTally] = [:]
        for follower in followers {
            for lane in follower.matcher.lanes { lanes[lane] = follower.matcher.tally(of: lane) }
        }
        return VerificationSummary(
            lanes: lanes, hasOpened: hasOpened, askedHistory: followers.contains { $0.history != nil })
    }

    private var now: Int64 { time.now().bootMilliseconds }

    private var isSettled: Bool { followers.allSatisfy { $0.matcher.isSettled(at: now) } }

    private mutating func look() async throws {
        let look = try await watch.look()
        if look.wasReplaced {
            screen.note(
                "strapline: the outbox is a new file: acknowledgements during its replacement are not counted")
        }
        for index in followers.indices {
            let lanes = followers[index].matcher.lanes
            if look.wasClockSet { followers[index].matcher.clockSet() }
            for lane in lanes {
                followers[index].matcher.passedOver(look.passedOver[lane] ?? 0, of: lane)
                followers[index].matcher.refused(look.refused[lane] ?? 0, of: lane)
            }
            for reading in look.acknowledged where lanes.contains(reading.lane) {
                screen.show(followers[index].matcher.acknowledged(reading, at: now))
            }
        }
    }

    private mutating func settle(isEnd: Bool = false) {
        for index in followers.indices {
            screen.show(followers[index].matcher.settle(at: now, isEnd: isEnd))
        }
    }

    private mutating func ask(all: Bool = false) async {
        for index in followers.indices {
            guard let history = followers[index].history else { continue }
            let questions = followers[index].matcher.questions(at: now, all: all)
            let byMember = Dictionary(grouping: questions) { followers[index].matcher.members[$0.lane] }
            for case (let member?, let readings) in byMember {
                // The user of the token needs no profile in the request.
                let profileID = member == Observation.tokenUser ? nil : member
                let answer = try? await withTimeout(all ? Self.lastAskLimit : Self.askLimit, clock: clock) {
                    try await history.holds(readings, profileID: profileID)
                }
                for reading in readings {
                    // Of what the token may not see the answer says nothing, and is asked no more.
                    if let answer, answer[reading] == nil { continue }
                    followers[index].matcher.answered(reading, isKept: answer?[reading])
                }
            }
        }
    }
}
