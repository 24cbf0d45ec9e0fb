import CLinux
import EventThread
import Glibc
import Synchronization

/// Looks up the addresses of hosts on helper threads, because getaddrinfo(3) blocks for as long as its servers are
/// silent. Remembers them for the time when these do not answer.
final class PostgresNames: Sendable {
    private struct State {
        var known: [String: [String]] = [:]
        var running: Set<String> = []
    }

    /// Wakes the caller that waits.
    private final class Bell: Sendable {
        let descriptor = clinux_eventfd()

        func ring() {
            var one: UInt64 = 1
            write(descriptor, &one, MemoryLayout<UInt64>.size)
        }

        func silence() {
            var count: UInt64 = 0
            read(descriptor, &count, MemoryLayout<UInt64>.size)
        }

        deinit {
            close(descriptor)
        }
    }

    private let lookUp: @Sendable (String) -> [String]
    private let state = Mutex(State())
    private let bell = Bell()

    init(lookUp: @escaping @Sendable (String) -> [String] = { PostgresNames.systemAddresses(of: $0) }) {
        self.lookUp = lookUp
    }

    /// The addresses of each name, numeric; those known before for a name that is not found by the deadline.
    func addresses(of names: [String], by deadline: ContinuousClock.Instant) -> [String: [String]] {
        for name in names { begin(name) }
        while isRunning(names) {
            var wait = [pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0)]
            guard PostgresWait.poll(&wait, by: deadline) else { break }
            bell.silence()
        }
        return state.withLock { state in state.known.filter { names.contains($0.key) } }
    }

    private func isRunning(_ names: [String]) -> Bool {
        state.withLock { state in names.contains { state.running.contains($0) } }
    }

    private func begin(_ name: String) {
        guard state.withLock({ $0.running.insert(name).inserted }) else { return }
        let helper = EventThread(name: "postgres-name")
        helper.perform {
            let found = self.lookUp(name)
            self.state.withLock { state in
                state.running.remove(name)
                if !found.isEmpty { state.known[name] = found }
            }
            self.bell.ring()
        }
        helper.stop()
    }

    /// Whether a host needs no look-up.
    static func isNumeric(_ host: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
    }

    private static func systemAddresses(of name: String) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [String] = []
        for entry in sequence(first: list, next: { $0?.pointee.ai_next }).compactMap({ $0?.pointee }) {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let result = getnameinfo(
                entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            if result == 0 { found.append(String(decoding: bytes, as: UTF8.self)) }
        }
        return found
    }
}
