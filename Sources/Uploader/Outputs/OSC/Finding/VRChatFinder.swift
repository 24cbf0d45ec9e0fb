import DBus
import Datagrams
import EventThread
import Logging
import TextFormats
import Timing
import WebClient

/// Finds the VRChat clients of the local network (OSCQuery over DNS-SD), and the parameters of the worn avatars.
///
/// A client is sent to at the address that announced it, and at no other: its own word for its address is not taken.
actor VRChatFinder {
    static let serviceType = "_oscjson._tcp"
    private static let instancePrefix = "VRChat-Client-"
    private static let instanceCharacters = 6
    /// An avatar is changed now and then.
    private static let pollInterval: Duration = .seconds(5)
    /// A client that does not answer this many times in a row gets nothing until it answers.
    private static let mostFailures = 3
    /// A busy evening has some; more are an attack.
    private static let mostClients = 8
    private static let retry: Duration = .seconds(30)

    /// The worn avatar of each receiver.
    private(set) var receivers: [DatagramAddress: VRChatAvatar] = [:]
    /// Why nothing is searched for.
    private(set) var problem: String?

    private let context: OutputContext
    private let client: WebClient
    private let openBus: @Sendable () async throws -> Bus
    /// The announcements by name. One client is announced on each interface.
    private var present: [String: Set<AvahiBrowser.Service>] = [:]

    init(_ context: OutputContext, openBus: (@Sendable () async throws -> Bus)? = nil) {
        self.context = context
        let (clock, thread) = (context.clock, context.thread)
        self.openBus = openBus ?? { try await Bus.system(clock: clock, thread: thread) }
        // The clients are in this network: no proxy leads to them.
        client = WebClient(limits: context.webLimits ?? VRChatFinder.limits, thread: context.thread)
    }

    private static var limits: WebClientLimits {
        var limits = WebClientLimits()
        limits.connectTimeout = .seconds(3)
        limits.totalTimeout = .seconds(10)
        // A large avatar has some hundred parameters of some hundred bytes.
        limits.responseBytes = 1024 * 1024
        limits.connections = 2
        return limits
    }

    /// Searches until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await search()
            } catch {
                problem = Self.words(error)
            }
            receivers = [:]
            present = [:]
            do { try await context.clock.sleep(for: Self.retry) } catch { return }
        }
    }

    /// Why VRChat cannot be searched for; nil if it can.
    static func problem(_ context: OutputContext) async -> String? {
        do {
            let bus = try await Bus.system(clock: context.clock, thread: context.thread)
            guard try await bus.owner(of: AvahiBrowser.daemon) != nil else { return noDaemon }
            return nil
        } catch {
            return words(error)
        }
    }

    private static let noDaemon = "avahi-daemon does not run on this machine"

    private static func words(_ error: any Error) -> String {
        let missing = [BusError.Name.serviceUnknown, BusError.Name.nameHasNoOwner]
        if let error = error as? BusError, missing.contains(error.name) { return noDaemon }
        return "avahi-daemon cannot be used (\("\(error)".printable()))"
    }

    private func search() async throws {
        let bus = try await openBus()
        let browser = AvahiBrowser(bus: bus)
        let daemon = try await bus.ownerChanges(of: AvahiBrowser.daemon)
        let events = try await browser.events(of: Self.serviceType)
        problem = nil
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            // A new daemon knows nothing of this search.
            group.addTask { for try await _ in daemon { throw DaemonGone() } }
            group.addTask { try await self.follow(events, browser) }
            try await group.next()
        }
    }

    private struct DaemonGone: Error, CustomStringConvertible {
        let description = "it has ended"
    }

    private func follow(_ events: SignalStream<AvahiBrowser.Event>, _ browser: AvahiBrowser) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for try await event in events {
                switch event {
                case .appeared(let service):
                    guard Self.isVRChat(service.name), service.type == Self.serviceType else { continue }
                    let isNew = present[service.name] == nil
                    guard !isNew || present.count < Self.mostClients else { continue }
                    present[service.name, default: []].insert(service)
                    if isNew { group.addTask { await self.follow(service.name, browser) } }
                case .disappeared(let service): present[service.name]?.remove(service)
                case .failed(let reason): throw BusError(name: BusError.Name.failed, message: reason)
                }
            }
            group.cancelAll()
        }
    }

    static func isVRChat(_ instance: String) -> Bool {
        let code = instance.dropFirst(instancePrefix.count)
        return instance.hasPrefix(instancePrefix) && code.utf8.count == instanceCharacters
            && code.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
    }

    /// Follows one client until it is gone.
    private func follow(_ name: String, _ browser: AvahiBrowser) async {
        var failures = 0
        var receiver: DatagramAddress?
        while !Task.isCancelled, let service = present[name]?.first {
            do {
                let (address, port) = try await browser.resolve(service)
                let web = try ServiceAddress("http://\(address):\(port)")
                let found = DatagramAddress(host: address, port: try await oscPort(of: web))
                if let receiver, receiver != found { receivers[receiver] = nil }
                if receiver != found {
                    context.logger.notice("VRChat found", metadata: ["target": "\(found)"])
                }
                receiver = found
                receivers[found] = try await avatar(of: web)
                failures = 0
            } catch {
                failures += 1
                if failures == Self.mostFailures, let gone = receiver {
                    receivers[gone] = nil
                    receiver = nil
                }
                context.logger.debug("VRChat does not answer", metadata: ["name": "\(name)", "error": "\(error)"])
            }
            let wait = failures < Self.mostFailures ? Self.pollInterval : Self.retry
            do { try await context.clock.sleep(for: wait) } catch { break }
        }
        present[name] = nil
        if let receiver { receivers[receiver] = nil }
    }

    private struct NoAnswer: Error, CustomStringConvertible {
        let description = "no OSCQuery answer"
    }

    private func oscPort(of web: ServiceAddress) async throws -> UInt16 {
        let answer = try await client.send(to: RequestTemplate(.get, web, path: "/?HOST_INFO"))
        guard answer.status == 200, let host = OSCQueryHost(answer.body) else { throw NoAnswer() }
        return host.port
    }

    private func avatar(of web: ServiceAddress) async throws -> VRChatAvatar {
        let answer = try await client.send(to: RequestTemplate(.get, web, path: "/avatar"))
        return VRChatAvatar(answer.status == 200 ? OSCQueryTree(answer.body) : nil)
    }
}

/// The parameters of a worn avatar, as far as its client names them.
struct VRChatAvatar: Sendable, Equatable {
    private let addresses: Set<String>?

    init(_ tree: OSCQueryTree?) {
        // A tree without parameters says nothing about the avatar.
        addresses = tree.flatMap { tree in
            tree.addresses.contains { $0.hasPrefix(OSCSettings.standardPrefix) } ? tree.addresses : nil
        }
    }

    /// Whether a message to the address is of use. The chatbox belongs to no avatar.
    func takes(_ address: String) -> Bool {
        guard let addresses, address.hasPrefix(OSCSettings.standardPrefix) else { return true }
        return addresses.contains(address)
    }
}
