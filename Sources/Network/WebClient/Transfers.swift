import CCurl
import EventThread

/// The requests under way, in the hands of libcurl on one event thread.
actor Transfers {
    private struct Request {
        var transfer: CurlTransfer
        /// From the moment at which it is under way.
        var done: CheckedContinuation<CURLcode, Never>?
    }

    private nonisolated let thread: EventThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let limits: WebClientLimits
    private let route: CurlRoute
    private let source = EventThread.SourceID()
    private let multi: CurlMulti
    private var requests: [Int: Request] = [:]
    private var numbers: [UnsafeMutableRawPointer: Int] = [:]
    private var lastNumber = 0
    /// To be used again: a transfer costs more to make than to run.
    private var idle: [CurlTransfer] = []

    init(limits: WebClientLimits, network: NetworkSettings, on thread: EventThread) {
        self.limits = limits
        route = CurlRoute(network)
        self.thread = thread
        multi = CurlMulti(connections: limits.connections)
        thread.add(
            source, interest: { [weak self] wait in self?.assumeIsolated { $0.multi.wait(&wait) } },
            ready: { [weak self] descriptors in
                self?.assumeIsolated { $0.finish($0.multi.proceed(descriptors)) }
            })
    }

    deinit {
        thread.remove(source)
    }

    /// Sends one request and waits for the whole answer; ``WebError`` when there is none.
    func send(
        to endpoint: RequestTemplate, headers: [(String, String)], body: [UInt8]
    ) async throws(WebError) -> WebResponse {
        // A request that is cancelled before it starts must not start.
        guard !Task.isCancelled else {
            throw WebError(CURLE_ABORTED_BY_CALLBACK, service: endpoint.service, mayHaveArrived: false)
        }
        let transfer = idle.popLast() ?? CurlTransfer(limits, route)
        defer { if idle.count < limits.connections { idle.append(transfer) } }
        transfer.prepare(endpoint, headers: headers, body: body)
        lastNumber += 1
        let number = lastNumber
        requests[number] = Request(transfer: transfer)
        let code = await withTaskCancellationHandler {
            await withCheckedContinuation { begin(number, $0) }
        } onCancel: {
            thread.perform { self.assumeIsolated { $0.finish(number, CURLE_ABORTED_BY_CALLBACK) } }
        }
        return try transfer.result(code, service: endpoint.service)
    }

    private func begin(_ number: Int, _ done: CheckedContinuation<CURLcode, Never>) {
        guard let transfer = requests[number]?.transfer else {
            return done.resume(returning: CURLE_ABORTED_BY_CALLBACK)
        }
        requests[number]?.done = done
        numbers[transfer.handle] = number
        multi.add(transfer)
        finish(multi.takeDone())
    }

    private func finish(_ done: [(handle: UnsafeMutableRawPointer, code: CURLcode)]) {
        for (handle, code) in done {
            if let number = numbers[handle] { finish(number, code) }
        }
    }

    private func finish(_ number: Int, _ code: CURLcode) {
        guard let request = requests.removeValue(forKey: number) else { return }
        numbers[request.transfer.handle] = nil
        multi.remove(request.transfer)
        request.done?.resume(returning: code)
    }
}
