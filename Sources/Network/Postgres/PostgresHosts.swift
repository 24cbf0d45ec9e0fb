import Glibc
import TextFormats

/// Finds the primary among the servers of an address.
///
/// libpq tries one server after the other, and waits seconds for a dead one. Here all are asked at once, and the first
/// one is taken that is not a standby and has a standby that a commit waits for.
package struct PostgresHosts: Sendable {
    /// A part of the time: a name that is not found leaves the rest to the known ones.
    private static let nameShare = 0.4
    /// Of one name.
    private static let mostAddresses = 4

    package let address: PostgresAddress
    /// Whether a primary without a standby is taken too.
    package let isSingleCopy: Bool
    private let library: PostgresLibrary
    private let names: PostgresNames

    package init(_ address: PostgresAddress, _ library: PostgresLibrary, isSingleCopy: Bool = false) {
        self.init(address, library, isSingleCopy: isSingleCopy, names: PostgresNames())
    }

    init(_ address: PostgresAddress, _ library: PostgresLibrary, isSingleCopy: Bool, names: PostgresNames) {
        self.address = address
        self.isSingleCopy = isSingleCopy
        self.library = library
        self.names = names
    }

    /// Connects to the primary. Blocks until one is found, each server has refused, or the time is over.
    package func connect(within limit: Duration = .seconds(2)) throws(PostgresError) -> PostgresConnection {
        let deadline = ContinuousClock.now + limit
        var refusals: [(name: String, error: PostgresError)] = []
        var attempts = begin(within: limit, &refusals)
        var events = attempts.map { _ in POLLOUT }
        while !attempts.isEmpty {
            var wait = zip(attempts, events).map { pollfd(fd: $0.socket, events: Int16($1), revents: 0) }
            guard PostgresWait.poll(&wait, by: deadline) else { break }
            for index in attempts.indices.reversed() where wait[index].revents != 0 {
                switch attempts[index].proceed() {
                case .waiting(let next): events[index] = next
                case .accepted(let connection): return connection
                case .refused(let error):
                    refusals.append((attempts[index].name, error))
                    attempts.remove(at: index)
                    events.remove(at: index)
                }
            }
        }
        refusals += attempts.map { ($0.name, PostgresError(.timedOut, "no answer")) }
        throw Self.summary(refusals)
    }

    private func begin(
        within limit: Duration, _ refusals: inout [(name: String, error: PostgresError)]
    ) -> [PostgresAttempt] {
        let unknown = address.hosts.filter { !$0.isSocketFolder && !PostgresNames.isNumeric($0.name) }
        let found = names.addresses(of: unknown.map(\.name), by: .now + limit * Self.nameShare)
        var attempts: [PostgresAttempt] = []
        for host in address.hosts {
            let needsAddress = unknown.contains(host)
            // Nil: libpq needs no address beside the host.
            let addresses: [String?] = needsAddress ? found[host.name] ?? [] : [nil]
            if addresses.isEmpty {
                refusals.append((host.description, PostgresError(.unreachable, "its name is not known")))
            }
            for hostAddress in addresses.prefix(Self.mostAddresses) {
                do throws(PostgresError) {
                    attempts.append(
                        try PostgresAttempt(
                            host.description, library, settings: settings(host, hostAddress),
                            isSingleCopy: isSingleCopy))
                } catch {
                    refusals.append((host.description, error))
                }
            }
        }
        return attempts
    }

    private func settings(_ host: PostgresAddress.Host, _ hostAddress: String?) -> [(name: String, value: String)] {
        var settings = [
            ("host", host.name), ("port", "\(host.port)"), ("dbname", address.database), ("client_encoding", "UTF8"),
            ("fallback_application_name", "strapline-hub"),
            // A peer that vanished is noticed without a statement too.
            ("keepalives_idle", "5"), ("keepalives_interval", "1"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "3000"),
        ]
        if let hostAddress { settings.append(("hostaddr", hostAddress)) }
        if let user = address.user { settings.append(("user", user)) }
        // Kerberos would look its servers up, and block.
        if !address.settings.contains(where: { $0.name == "gssencmode" }) { settings.append(("gssencmode", "disable")) }
        return settings + address.settings.map { ($0.name, $0.value) }
    }

    /// The refusal that helps most, with the name of its server; all of them if no server was reached.
    private static func summary(_ refusals: [(name: String, error: PostgresError)]) -> PostgresError {
        for code in [PostgresError.Code.server, .value, .noStandby] {
            if let found = refusals.first(where: { $0.error.code == code }) {
                return PostgresError(code, "\(found.name): \(found.error.detail)", sqlState: found.error.sqlState)
            }
        }
        let list = refusals.map { name, error in
            error.code == .noPrimary ? "\(name) is a standby" : "\(name): \(error.detail)"
        }
        let hasStandby = refusals.contains { $0.error.code == .noPrimary }
        let text = list.joined(separator: "; ").printable(scalars: 600)
        return PostgresError(hasStandby ? .noPrimary : .unreachable, text)
    }
}
