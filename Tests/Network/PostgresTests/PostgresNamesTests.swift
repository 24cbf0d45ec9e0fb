import Glibc
import Synchronization
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(10))) struct PostgresNamesTests {
    /// Answers as a test sets it. A name without an answer blocks until ``release()``.
    private final class Resolver: Sendable {
        let answers = Mutex<[String: [String]]>([:])
        private let ends: [Int32]

        init() {
            var ends: [Int32] = [0, 0]
            precondition(pipe(&ends) == 0)
            self.ends = ends
        }

        func lookUp(_ name: String) -> [String] {
            if let answer = answers.withLock({ $0[name] }) { return answer }
            var byte: UInt8 = 0
            read(ends[0], &byte, 1)
            return answers.withLock { $0[name] } ?? []
        }

        func release() {
            var byte: UInt8 = 1
            write(ends[1], &byte, 1)
        }

        deinit {
            for end in ends { close(end) }
        }
    }

    private let resolver = Resolver()
    private func names() -> PostgresNames { PostgresNames { [resolver] in resolver.lookUp($0) } }

    @Test func names_beyondTheDeadline_areMissing_andKnownLater() {
        let names = names()
        resolver.answers.withLock { $0["fast"] = ["10.0.0.1", "fd00::1"] }
        // On a busy machine the fast one may miss a deadline too.
        var first: [String: [String]] = [:]
        for _ in 0..<1000 where first.isEmpty {
            first = names.addresses(of: ["fast", "slow"], by: .now + .milliseconds(50))
        }
        #expect(first == ["fast": ["10.0.0.1", "fd00::1"]])
        // The same look-up goes on: a second one would block another thread.
        #expect(names.addresses(of: ["slow"], by: .now + .milliseconds(10)).isEmpty)
        resolver.answers.withLock { $0["slow"] = ["10.0.0.2"] }
        resolver.release()
        #expect(names.addresses(of: ["slow"], by: .now + .seconds(30)) == ["slow": ["10.0.0.2"]])
    }

    @Test func names_thatAreNotFoundAnyMore_keepTheirAddresses() {
        let names = names()
        resolver.answers.withLock { $0["pg1"] = ["10.0.0.1"] }
        #expect(names.addresses(of: ["pg1"], by: .now + .seconds(30)) == ["pg1": ["10.0.0.1"]])
        resolver.answers.withLock { $0["pg1"] = [] }
        #expect(names.addresses(of: ["pg1"], by: .now + .seconds(30)) == ["pg1": ["10.0.0.1"]])
        resolver.answers.withLock { $0["pg1"] = ["10.0.0.9"] }
        #expect(names.addresses(of: ["pg1"], by: .now + .seconds(30)) == ["pg1": ["10.0.0.9"]])
    }

    @Test func names_ofTheSystem_areFound() {
        let found = PostgresNames().addresses(of: ["localhost"], by: .now + .seconds(30))
        #expect(found["localhost"]?.contains { $0 == "127.0.0.1" || $0 == "::1" } == true)
    }

    @Test(arguments: [
        ("10.0.0.1", true), ("::1", true), ("fe80::1", true), ("pg1", false), ("10.0.0.1.example", false),
    ])
    func hosts_thatAreNumbers_needNoLookUp(_ host: String, _ isNumeric: Bool) {
        #expect(PostgresNames.isNumeric(host) == isNumeric)
    }
}
