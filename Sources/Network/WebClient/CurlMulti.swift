import CCurl
import EventThread
import Glibc

/// libcurl's multi interface (`libcurl-multi(3)`): many transfers on kept connections, driven from outside by reporting
/// it which sockets are ready and when its time is over. Used on one ``EventThread`` only.
final class CurlMulti {
    /// libcurl's own state has to be made once in a program.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let handle: UnsafeMutableRawPointer
    /// What libcurl waits for: poll events by socket.
    private var sockets: [curl_socket_t: Int32] = [:]
    /// When libcurl wants to be called whatever happens.
    private var deadline: ContinuousClock.Instant?

    /// - Parameter connections: to one host; more transfers wait for one of them.
    init(connections: Int) {
        guard Self.isReady, let handle = curl_multi_init() else { preconditionFailure("out of memory") }
        self.handle = handle
        _ = ccurl_multi_set_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, connections)
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = ccurl_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, context)
        _ = ccurl_multi_set_pointer(handle, CURLMOPT_TIMERDATA, context)
        _ = ccurl_multi_set_socket_function(handle) { _, socket, what, context, _ in
            CurlMulti.from(context)?.watch(socket, what)
            return 0
        }
        _ = ccurl_multi_set_timer_function(handle) { _, milliseconds, context in
            CurlMulti.from(context)?.deadline = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
            return 0
        }
    }

    deinit {
        curl_multi_cleanup(handle)
    }

    /// Starts a transfer.
    func add(_ transfer: CurlTransfer) {
        curl_multi_add_handle(handle, transfer.handle)
        act(on: CURL_SOCKET_BAD, 0)
    }

    /// Takes a transfer back; the connection of one that is not done is closed.
    func remove(_ transfer: CurlTransfer) {
        curl_multi_remove_handle(handle, transfer.handle)
    }

    func wait(_ wait: inout EventWait) {
        for (socket, events) in sockets { wait.add(socket, events: events) }
        guard let deadline else { return }
        let (seconds, attoseconds) = (deadline - .now).components
        // Rounded up, not to be early.
        wait.limit(
            milliseconds: Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }

    /// Goes on with the ready sockets and the due timers. Returns the finished transfers, with libcurl's codes.
    func proceed(_ descriptors: ArraySlice<pollfd>) -> [(handle: UnsafeMutableRawPointer, code: CURLcode)] {
        for descriptor in descriptors where descriptor.revents != 0 {
            var events: Int32 = 0
            let ready = Int32(descriptor.revents)
            if ready & (POLLIN | POLLHUP) != 0 { events |= CURL_CSELECT_IN }
            if ready & POLLOUT != 0 { events |= CURL_CSELECT_OUT }
            if ready & (POLLERR | POLLNVAL) != 0 { events |= CURL_CSELECT_ERR }
            act(on: descriptor.fd, events)
        }
        if let deadline, deadline <= .now {
            self.deadline = nil
            act(on: CURL_SOCKET_BAD, 0)
        }
        return takeDone()
    }

    /// The transfers that are done.
    func takeDone() -> [(handle: UnsafeMutableRawPointer, code: CURLcode)] {
        var done: [(handle: UnsafeMutableRawPointer, code: CURLcode)] = []
        var left: Int32 = 0
        while let message = curl_multi_info_read(handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let transfer = message.pointee.easy_handle else { continue }
            done.append((transfer, ccurl_message_result(message)))
        }
        return done
    }

    /// `CURL_SOCKET_BAD` stands for the time, as `CURL_SOCKET_TIMEOUT` does in C.
    private func act(on socket: curl_socket_t, _ events: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(handle, socket, events, &running)
    }

    private func watch(_ socket: curl_socket_t, _ what: Int32) {
        switch what {
        case CURL_POLL_REMOVE: sockets[socket] = nil
        case CURL_POLL_IN: sockets[socket] = POLLIN
        case CURL_POLL_OUT: sockets[socket] = POLLOUT
        default: sockets[socket] = POLLIN | POLLOUT
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlMulti? {
        context.map { Unmanaged<CurlMulti>.fromOpaque($0).takeUnretainedValue() }
    }
}
