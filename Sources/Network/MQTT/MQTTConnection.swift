package import EventThread
import Glibc
import Timing

/// A connection to a broker on an event thread, from its CONNECT to its end. It does not reconnect by itself: make
/// another one.
///
/// ```swift
/// let connection = try MQTTConnection(options, MosquittoLibrary())
/// try await connection.open()
/// try await connection.publish(.live("strapline/chest/heart_rate", "72"))
/// ```
package actor MQTTConnection {
    private enum Phase {
        case new
        /// libmosquitto blocks in another thread, and must not be called here.
        case connecting
        /// CONNECT is on its way, perhaps after TLS.
        case waiting
        case open
        case closed(MQTTFailure)
    }

    /// How long a broker may take to answer CONNECT, which may follow TLS.
    package static let answerLimit: Duration = .seconds(15)
    /// How often the library may look whether a sign of life is due.
    private static let careMilliseconds: Int32 = 5000
    /// More messages from the broker are dropped while none is taken.
    private static let mostReceived = 64

    nonisolated let thread: EventThread
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    /// The messages of subscribed topics. The stream ends with the connection.
    package nonisolated let received: AsyncStream<ReceivedMessage>

    /// Nil when the connection has ended: without a client there is no socket.
    private var client: MosquittoClient?
    private let answerLimit: Duration
    private let source = EventThread.SourceID()
    private let receiving: AsyncStream<ReceivedMessage>.Continuation
    private var phase = Phase.new
    private var opening: CheckedContinuation<MQTTFailure?, Never>?
    /// Whether the blocking part of ``open(within:clock:)`` has ended.
    private var isSettled = true
    private var settling: [AsyncStream<Never>.Continuation] = []
    /// Published and not confirmed.
    private var unconfirmed: Set<Int32> = []
    private var drainers: [AsyncStream<Never>.Continuation] = []
    private var nextCare = ContinuousClock.now

    package init(
        _ options: MQTTOptions, _ library: MosquittoLibrary, thread: EventThread = .shared,
        answerLimit: Duration = MQTTConnection.answerLimit
    ) throws(MQTTFailure) {
        client = try MosquittoClient(library, options)
        self.thread = thread
        self.answerLimit = answerLimit
        (received, receiving) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.mostReceived))
    }

    deinit {
        thread.remove(source)
        receiving.finish()
    }

    // MARK: Beginning and end

    /// Connects, and returns when the broker has accepted the client.
    package func open(
        within limit: Duration = .seconds(20), clock: any Clock<Duration> = EventClock()
    ) async throws(MQTTFailure) {
        // The owner may have closed it before, and opens it once.
        guard isNew else { throw failure ?? MQTTFailure(.other, "opened twice") }
        phase = .connecting
        isSettled = false
        let (thread, client) = (thread, client)
        // Names are looked up and connections are made by calls that block.
        let helper = EventThread(name: "mqtt-connect")
        helper.perform {
            let failure = client?.connect()
            thread.perform { self.assumeIsolated { $0.proceed(failure, client) } }
        }
        helper.stop()
        do {
            if let failure = try await withTimeout(limit, clock: clock, { await self.answer() }) { throw failure }
        } catch let failure as MQTTFailure {
            throw failure
        } catch {
            let failure = MQTTFailure(.timedOut)
            close(because: failure)
            throw failure
        }
    }

    /// Returns when no thread is occupied any more, or the task is cancelled. The kernel gives up an address that does
    /// not answer after some two minutes.
    package func untilSettled() async {
        let (stream, end) = AsyncStream.makeStream(of: Never.self)
        if isSettled { end.finish() } else { settling.append(end) }
        for await _ in stream {}
    }

    private var isNew: Bool {
        if case .new = phase { true } else { false }
    }

    /// Whether the broker has accepted the client, and the connection stands.
    package var isOpen: Bool {
        if case .open = phase { true } else { false }
    }

    /// Why the connection has ended; nil before.
    package var failure: MQTTFailure? {
        if case .closed(let failure) = phase { failure } else { nil }
    }

    /// Sends DISCONNECT after everything that was published. The broker does not publish the will then.
    package func close() {
        if isOpen { client?.disconnect() }
        close(because: MQTTFailure(.connectionLost, "closed"))
    }

    /// Returns when the broker has confirmed each message, or has gone, or the task is cancelled.
    package func untilConfirmed() async {
        let (stream, end) = AsyncStream.makeStream(of: Never.self)
        if unconfirmed.isEmpty || !isOpen { end.finish() } else { drainers.append(end) }
        for await _ in stream {}
    }

    // MARK: Messages

    /// Whether the broker reads what it is sent. A live value is not worth waiting for one that does not.
    package var isFlowing: Bool { isOpen && client?.hasUnsentBytes == false }

    package func publish(_ message: MQTTMessage) throws(MQTTFailure) {
        let client = try openClient()
        do throws(MQTTFailure) {
            let id = try client.publish(message)
            if message.delivery == .atLeastOnce { unconfirmed.insert(id) }
        } catch {
            close(because: error)
            throw error
        }
    }

    package func subscribe(_ pattern: String) throws(MQTTFailure) {
        let client = try openClient()
        do throws(MQTTFailure) {
            try client.subscribe(pattern)
        } catch {
            close(because: error)
            throw error
        }
    }

    private func openClient() throws(MQTTFailure) -> MosquittoClient {
        if let failure { throw failure }
        guard isOpen, let client else { throw MQTTFailure(.connectionLost, "not open yet") }
        return client
    }

    // MARK: The event thread

    private func answer() async -> MQTTFailure? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { answered in
                // Not before: the answer may come while the task gets here.
                if isOpen || failure != nil { answered.resume(returning: failure) } else { opening = answered }
            }
        } onCancel: {
            thread.perform { self.assumeIsolated { $0.close(because: MQTTFailure(.timedOut)) } }
        }
    }

    /// Goes on after the blocking part.
    private func proceed(_ failure: MQTTFailure?, _ client: MosquittoClient?) {
        isSettled = true
        for end in settling { end.finish() }
        settling = []
        // The caller may have given up. Without a DISCONNECT the broker would publish the will.
        guard case .connecting = phase else {
            client?.disconnect()
            return
        }
        if let failure { return close(because: failure) }
        phase = .waiting
        nextCare = .now + answerLimit
        thread.add(
            source, interest: { [weak self] wait in self?.assumeIsolated { $0.wait(&wait) } },
            ready: { [weak self] descriptors in self?.assumeIsolated { $0.transfer(descriptors) } })
    }

    private func wait(_ wait: inout PollSet) {
        guard let client, let socket = client.socket else { return }
        wait.add(socket, events: client.hasUnsentBytes ? POLLIN | POLLOUT : POLLIN)
        let (seconds, attoseconds) = (nextCare - .now).components
        wait.limit(
            milliseconds: Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }

    private func transfer(_ descriptors: ArraySlice<pollfd>) {
        let events = descriptors.first.map { Int32($0.revents) } ?? 0
        let isDue = nextCare <= .now
        guard events != 0 || isDue, let client else { return }
        if isDue, !isOpen { return close(because: MQTTFailure(.timedOut)) }
        if isDue { nextCare = .now + .milliseconds(Int(Self.careMilliseconds)) }
        do throws(MQTTFailure) {
            try client.transfer(
                canRead: events & (POLLIN | POLLHUP | POLLERR) != 0, canWrite: events & POLLOUT != 0,
                isAnswered: isOpen)
            takeEvents(of: client)
        } catch {
            // The answer to CONNECT says more than the end that follows it.
            takeEvents(of: client)
            close(because: error)
        }
    }

    private func takeEvents(of client: MosquittoClient) {
        for event in client.inbox.takeEvents() {
            switch event {
            case .connectAnswer(0):
                guard case .waiting = phase else { continue }
                phase = .open
                nextCare = .now + .milliseconds(Int(Self.careMilliseconds))
                resumeOpening(nil)
            case .connectAnswer(let code): close(because: MQTTFailure(connectAnswer: code))
            case .disconnected: break
            case .published(let id):
                unconfirmed.remove(id)
                if unconfirmed.isEmpty { finishDraining() }
            case .message(let message): receiving.yield(message)
            }
        }
        if isOpen, client.socket == nil { close(because: MQTTFailure(.connectionLost)) }
    }

    private func close(because failure: MQTTFailure) {
        if self.failure != nil { return }
        phase = .closed(failure)
        client = nil
        thread.remove(source)
        receiving.finish()
        resumeOpening(failure)
        finishDraining()
    }

    private func resumeOpening(_ failure: MQTTFailure?) {
        opening?.resume(returning: failure)
        opening = nil
    }

    private func finishDraining() {
        for end in drainers { end.finish() }
        drainers = []
    }
}
