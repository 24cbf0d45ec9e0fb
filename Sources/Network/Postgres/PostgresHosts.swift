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
    private static let tooManyConnections = "53300"

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

    /// Connects to the primary. Blocks until one is found, each server has refused, or the time is over. While one is
    /// silent the others are asked again: the next primary may be among them.
    package func connect(within limit: Duration = .seconds(2)) throws(PostgresError) -> PostgresConnection {
        let deadline = ContinuousClock.now + limit
        var candidates = candidates(within: limit)
        for index in candidates.indices { begin(&candidates[index]) }
        while candidates.contains(where: { $0.attempt != nil }), .now < deadline {
            for index in candidates.indices where candidates[index].isDue { begin(&candidates[index]) }
            let asked = candidates.indices.filter { candidates[$0].attempt != nil }
            var wait = asked.map { candidates[$0].interest }
            let next = candidates.compactMap(\.nextAttempt).min() ?? deadline
            guard PostgresWait.poll(&wait, by: min(next, deadline)) else { continue }
            for (index, place) in zip(asked, wait) where place.revents != 0 {
                if let connection = candidates[index].proceed() { return connection }
            }
        }
        throw Self.summary(candidates.map { ($0.name, $0.error ?? PostgresError(.timedOut, "no answer")) })
    }

    /// A server at one of its addresses.
    private struct Candidate {
        /// An answer of "standby" is good for this long.
        static let pause: Duration = .milliseconds(100)

        let name: String
        /// Nil without an address.
        var settings: [(name: String, value: String)]?
        var attempt: PostgresAttempt?
        var events = POLLOUT
        var error: PostgresError?
        var nextAttempt: ContinuousClock.Instant?

        var isDue: Bool { attempt == nil && nextAttempt.map { $0 <= .now } ?? false }

        var interest: pollfd { pollfd(fd: attempt?.socket ?? -1, events: Int16(events), revents: 0) }

        mutating func proceed() -> PostgresConnection? {
            switch attempt?.proceed() {
            case .waiting(let next): events = next
            case .accepted(let connection): return connection
            case .refused(let error): refuse(error)
            case nil: break
            }
            return nil
        }

        mutating func refuse(_ error: PostgresError) {
            attempt = nil
            self.error = error
            // A wrong login stays wrong.
            nextAttempt = error.kind == .unavailable ? .now + Self.pause : nil
        }
    }

    private func candidates(within limit: Duration) -> [Candidate] {
        let unknown = address.hosts.filter { !$0.isSocketFolder && !PostgresNames.isNumeric($0.name) }
        let found = names.addresses(of: unknown.map(\.name), by: .now + limit * Self.nameShare)
        return address.hosts.flatMap { host -> [Candidate] in
            guard unknown.contains(host) else {
                return [Candidate(name: host.description, settings: settings(host, nil))]
            }
            guard let addresses = found[host.name] else {
                let error = PostgresError(.unreachable, "its name is not known")
                return [Candidate(name: host.description, error: error)]
            }
            return addresses.prefix(Self.mostAddresses).map {
                Candidate(name: host.description, settings: settings(host, $0))
            }
        }
    }

    private func begin(_ candidate: inout Candidate) {
        guard let settings = candidate.settings else { return }
        candidate.nextAttempt = nil
        candidate.events = POLLOUT
        do throws(PostgresError) {
            candidate.attempt = try PostgresAttempt(library, settings: settings, isSingleCopy: isSingleCopy)
        } catch {
            candidate.refuse(error)
        }
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
            // A server that starts may be the primary soon: it is listed with the others.
            let found = refusals.first {
                $0.error.code == code
                    && ($0.error.kind == .other || code == .noStandby || $0.error.sqlState == tooManyConnections)
            }
            if let found {
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
