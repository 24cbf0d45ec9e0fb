package import Timing

/// Sends datagrams to one receiver for as long as the program runs: looks its name up again and again, and opens a new
/// socket when the network has changed.
package actor DatagramSender {
    /// After that a name may lead elsewhere, and this machine may have another address.
    static let renewal: Duration = .seconds(60)
    /// A failure is reported for this long after it happened. A closed port answers each datagram, and the kernel finds
    /// every three seconds that a machine in the network is off.
    static let failureMilliseconds: Int64 = 10_000
    /// Between attempts to open a socket.
    static let retryMilliseconds: Int64 = 1000

    package enum Outcome: Sendable, Equatable {
        /// On the way. Nothing confirms the arrival.
        case sent
        /// The name is still being looked up.
        case waiting
        /// The receiver gets nothing, as far as this machine knows.
        case failed(String)
    }

    package nonisolated let address: DatagramAddress
    private let clock: any Clock<Duration>
    private let time: any TimeSource
    private var addresses: [SocketAddress]
    private var socket: DatagramSocket?
    private var triedAt: Int64?
    private var failure: (reason: String, at: Int64)?
    private var nameFailure: String?

    package init(to address: DatagramAddress, clock: any Clock<Duration>, time: any TimeSource) {
        self.address = address
        self.clock = clock
        self.time = time
        addresses = NameResolver.numericAddresses(of: address)
    }

    /// Looks the name up, again after each ``renewal``, until the task is cancelled.
    package func run() async {
        let backoff = Backoff(base: .seconds(2), cap: Self.renewal)
        var failures = 0
        while !Task.isCancelled {
            await lookUp()
            failures = addresses.isEmpty ? failures + 1 : 0
            let wait = failures == 0 ? Self.renewal : backoff.ceiling(afterFailures: failures)
            do { try await clock.sleep(for: wait) } catch { return }
        }
    }

    /// Looks the name up, and opens a new socket.
    package func lookUp() async {
        do throws(NameResolver.Failure) {
            addresses = try await NameResolver.addresses(of: address)
            nameFailure = nil
            triedAt = nil
            open()
        } catch {
            // The addresses of before may still be right.
            if addresses.isEmpty { nameFailure = error.description }
        }
    }

    /// Sends the datagrams, in order.
    @discardableResult
    package func send(_ datagrams: [[UInt8]]) -> Outcome {
        let now = time.now().bootMilliseconds
        if socket == nil { open() }
        for datagram in datagrams {
            guard let socket else { break }
            do throws(DatagramError) {
                try socket.send(datagram)
            } catch {
                note(error, now)
            }
        }
        let isRecent = failure.map { $0.at > now - Self.failureMilliseconds } ?? false
        guard let reason = nameFailure ?? (isRecent ? failure?.reason : nil) else {
            return socket == nil ? .waiting : .sent
        }
        return .failed("\(address): \(reason)")
    }

    /// A socket of the old addresses stays where no new one opens.
    private func open() {
        let now = time.now().bootMilliseconds
        if addresses.isEmpty { return }
        if let triedAt, now - triedAt < Self.retryMilliseconds { return }
        triedAt = now
        do throws(DatagramError) {
            socket = try DatagramSocket(to: addresses)
        } catch {
            failure = (error.description, now)
        }
    }

    private func note(_ error: DatagramError, _ now: Int64) {
        failure = (error.description, now)
        // The route may have gone: the next datagram opens a socket with the present one.
        if !error.isOfReceiver { socket = nil }
    }
}
