import Outbox
import Timing
import WebClient

/// Calls an address with the newest heart rate of each strap, and when there is none: one call at a time.
struct WebhookOutput: Output {
    /// A later answer is of no use: a newer value waits.
    static let answerLimit: Duration = .seconds(5)
    /// A server may ask for a pause of hours, and be back in minutes.
    static let longestPause: Duration = .seconds(300)

    private let settings: WebhookSettings
    private let request: RequestTemplate
    private let client: WebClient
    private let time: any TimeSource

    init(_ settings: WebhookSettings, _ context: OutputContext) throws(ServiceAddressError) {
        self.settings = settings
        request = try RequestTemplate(.post, resource: settings.address)
        client = WebClient(
            limits: context.webLimits ?? Self.limits, network: context.network, thread: context.thread)
        time = context.time
    }

    private static var limits: WebClientLimits {
        var limits = WebClientLimits()
        limits.connectTimeout = answerLimit
        limits.silenceTimeout = answerLimit
        limits.totalTimeout = answerLimit
        return limits
    }

    func run(_ feed: OutputFeed) async throws {
        var calls: [String: Call] = [:]
        var unsent = UnsentReadings()
        var rejected = RejectedStraps()
        while let update = await feed.next(within: rejected.wait(from: time.now().bootMilliseconds)) {
            rejected.keep(update.straps.map(\.name))
            for strap in update.straps.map({ unsent.added(to: $0) }) {
                let now = time.now().bootMilliseconds
                guard calls[strap.name]?.isOutdated(by: strap, at: now, settings.interval) ?? true else {
                    // The receiver has this value from before the rejected call.
                    rejected.remove(strap)
                    continue
                }
                guard update.ending != nil || !rejected.holdsBack(strap, at: now) else { continue }
                let response = try await call(strap)
                if case .tryLater(let wait?) = response.responseClass(time) {
                    feed.failed(reason(response))
                    // At the end a last call says that there is no heart rate any more.
                    if await !feed.pause(min(wait, Self.longestPause)), !feed.showsValue { return }
                    feed.rewind()
                    break
                }
                guard response.isAccepted else {
                    rejected.add(strap, at: now)
                    // A server that rejects the values of one strap may take those of the next.
                    guard case .refused = response.responseClass(time), rejected.count < update.straps.count
                    else { throw WebhookFailure(description: reason(response)) }
                    feed.failed("\(reason(response)) This is the call about \(strap.name). All others go on.")
                    continue
                }
                rejected.remove(strap)
                calls[strap.name] = strap.absence == .removed ? nil : Call(value: strap.value, at: now)
                unsent.remove(of: strap.name)
                if rejected.count == 0 { feed.sent() }
            }
        }
    }

    private func call(_ strap: LiveStrap) async throws -> WebResponse {
        let body = Array(settings.template.text(for: strap).utf8)
        let secrets = try WebhookSecrets(settings)
        return try await client.send(to: request, headers: secrets.headers(for: body), bytes: body)
    }

    private func reason(_ response: WebResponse) -> String {
        let responseClass = response.responseClass(time)
        let message = response.message(for: responseClass, from: settings.address)
        let secrets = try? WebhookSecrets(settings)
        let clean = secrets?.removed(from: message) ?? "\(settings.address.shown) rejects the call."
        switch responseClass {
        case .notAuthorised, .paymentRequired:
            return "\(clean) Check the token_file, the headers_file and the secret_file of this output."
        default: return clean
        }
    }

    /// The readings since the last call about each strap: no RR interval is missing where heart rates are left out.
    private struct UnsentReadings {
        private var readings: [String: [Reading]] = [:]

        mutating func added(to strap: LiveStrap) -> LiveStrap {
            var strap = strap
            let earlier = strap.reading == nil ? [] : readings[strap.name, default: []]
            // After a pause the newest reading comes again.
            let later = strap.readings.filter { !earlier.contains($0) }
            strap.readings = Array((earlier + later).suffix(LiveStrapTable.mostReadings))
            readings[strap.name] = strap.readings
            return strap
        }

        mutating func remove(of strap: String) {
            readings[strap] = nil
        }
    }

    /// The last successful call about a strap.
    private struct Call {
        let value: LiveStrap.Value
        let at: Int64

        func isOutdated(by strap: LiveStrap, at now: Int64, _ interval: Duration) -> Bool {
            guard strap.value != value else { return false }
            guard case .heartRate = value, strap.reading != nil else { return true }
            return Duration.milliseconds(now - at) >= interval
        }
    }
}

/// A call that was rejected, with the fix.
struct WebhookFailure: Error, Equatable, CustomStringConvertible {
    let description: String
}

extension WebResponse {
    /// Many servers name a short text HTML.
    fileprivate var isAccepted: Bool { (200...299).contains(status) && !startsLikePage }
}
