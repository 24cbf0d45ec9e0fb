import Datagrams
import EventThread
import Logging
import OSC
import Timing

/// Sends the parameters of avatars and the text of a chatbox to all targets, while their values are live.
struct OSCOutput: Output {
    let settings: OSCSettings
    let context: OutputContext

    func run(_ feed: OutputFeed) async throws {
        let fixed = settings.targets.map { DatagramSender(to: $0, clock: context.clock, time: context.time) }
        let finder = settings.findsVRChat ? VRChatFinder(context) : nil
        await withTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            for sender in fixed { group.addTask { await sender.run() } }
            if let finder { group.addTask { await finder.run() } }
            await show(feed, OSCTargets(fixed: fixed, finder: finder, context: context))
        }
    }

    private func show(_ feed: OutputFeed, _ targets: OSCTargets) async {
        var present = OSCPresent(settings)
        var wait: Duration?
        while let update = await feed.next(within: wait, tolerance: .zero) {
            let messages = present.take(update, atMicroseconds: now)
            if !messages.isEmpty {
                switch await targets.send(messages) {
                case .sent: feed.sent()
                case .waiting: break
                case .failed(let reason): feed.failed(reason)
                }
            }
            if update.ending != nil { await repeatEnd(messages, targets) }
            // The clock of the machine counts milliseconds: a wake-up before the time would find nothing to do.
            let milliseconds = (max(present.nextMicroseconds, now) - now + 999) / 1000
            wait = .milliseconds(min(milliseconds, Self.longestWaitMilliseconds))
        }
    }

    private static let longestWaitMilliseconds: Int64 = 60_000
    private static let endGap: Duration = .milliseconds(100)

    /// A datagram can be lost on its way, and no later one would end the heart rate. The chatbox takes no text so soon.
    private func repeatEnd(_ messages: [OSCMessage], _ targets: OSCTargets) async {
        guard (try? await context.clock.sleep(for: Self.endGap)) != nil else { return }
        _ = await targets.send(messages.filter { $0.address != OSCChatbox.address })
    }

    private var now: Int64 { context.time.now().bootMilliseconds * 1000 }
}

/// The receivers of an output: the configured ones, and those that were found.
actor OSCTargets {
    private let fixed: [DatagramSender]
    private let finder: VRChatFinder?
    private let context: OutputContext
    private var found: [DatagramAddress: DatagramSender] = [:]

    init(fixed: [DatagramSender], finder: VRChatFinder?, context: OutputContext) {
        self.fixed = fixed
        self.finder = finder
        self.context = context
    }

    /// Sends the messages to all. The reason of a failure has all failures, with the next step.
    func send(_ messages: [OSCMessage]) async -> DatagramSender.Outcome {
        let receivers = await finder?.receivers ?? [:]
        found = found.filter { receivers[$0.key] != nil }
        for address in receivers.keys where found[address] == nil && !fixed.contains(where: { $0.address == address }) {
            found[address] = DatagramSender(to: address, clock: context.clock, time: context.time)
        }
        var isSent = false
        var problems: [String] = []
        for sender in fixed + Array(found.values) {
            let wanted = receivers[sender.address].map { avatar in messages.filter { avatar.takes($0.address) } }
            switch await sender.send((wanted ?? messages).map(\.bytes)) {
            case .sent: isSent = true
            case .waiting: break
            case .failed(let problem): problems.append(problem)
            }
        }
        var steps = problems.isEmpty ? [] : ["start VRChat there with OSC on, or correct `targets`"]
        if let problem = await finder?.problem {
            problems.append("VRChat is not searched for, because \(problem)")
            steps.append("install avahi-daemon, or remove `find`")
        }
        guard !problems.isEmpty else { return isSent ? .sent : .waiting }
        let others = isSent && fixed.count + found.count > 1 ? ". All others get the values" : ""
        return .failed("\(problems.joined(separator: "; "))\(others). To fix it, \(steps.joined(separator: "; ")).")
    }
}
