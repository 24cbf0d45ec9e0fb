import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix
import NIOSSL

/// A new connection, before its first request.
struct AcceptedChannel: ServerChildChannelValue {
    let connection: EventLoopFuture<HubConnection>
    let channel: any Channel
}

/// The connections of the hub: HTTP/1.1, or a WebSocket after a request for one, on the same port.
///
/// A class, because every connection refers to it.
final class HubChannel: HTTPChannelHandler {
    /// Bytes of one read, at most and at first: an uploader's request is shorter; a body is read in pieces.
    private static let readBytes = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1024, maximum: 4096)
    /// The kernel's buffer of a connection in each direction; the kernel uses twice as much.
    private static let socketBufferBytes: SocketOptionValue = 16 << 10
    /// Unsent bytes beside that before a writer must wait.
    private static let unsentBytes = 4 << 10

    let responder: Responder
    let gate: StreamAuthorizer
    let fanout: StreamFanout
    let budgets: ConnectionBudgets
    private let limits: HubLimits
    private let metrics: HubMetrics
    private let certificate: HubCertificate?
    let openConnections: OpenConnections

    /// With a `certificate` connections are TLS.
    init(responder: HubResponder, fanout: StreamFanout, certificate: HubCertificate?) {
        self.certificate = certificate
        let limits = responder.limits
        let openConnections = OpenConnections(
            limits: limits, trustedProxies: responder.trustedProxies, metrics: responder.metrics)
        self.limits = limits
        self.openConnections = openConnections
        self.fanout = fanout
        budgets = ConnectionBudgets(limits: limits)
        gate = StreamAuthorizer(responder: responder)
        metrics = responder.metrics
        self.responder = { request, writer, channel in
            let place = openConnections.place(of: channel)
            let peer = place?.peer ?? PeerAddress(channel.remoteAddress)
            let context = RequestContext(
                peer: peer, client: responder.trustedProxies.client(peer: peer, fields: request.headers),
                openConnections: openConnections.count, place: place, isOverloaded: place == nil)
            try await responder.respond(to: request, writer: writer, context: context)
        }
    }

    /// Whether connections are TLS.
    var isSecure: Bool { certificate != nil }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<AcceptedChannel> {
        let place = openConnections.open(channel, peer: PeerAddress(channel.remoteAddress))
        return channel.eventLoop.makeCompletedFuture {
            // Small messages are sent at once.
            try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
            try channel.syncOptions?.setOption(.socketOption(.so_rcvbuf), value: Self.socketBufferBytes)
            try channel.syncOptions?.setOption(.socketOption(.so_sndbuf), value: Self.socketBufferBytes)
            // One read at a time, so that a handler can stop it.
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            try channel.syncOptions?.setOption(.recvAllocator, value: Self.readBytes)
            try channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: 1, high: Self.unsentBytes))
            if let certificate {
                let handler = NIOSSLServerHandler(context: certificate.context)
                try channel.pipeline.syncOperations.addHandler(handler)
            }
            return AcceptedChannel(connection: addHandlers(to: channel, place: place), channel: channel)
        }
    }

    func handle(value: AcceptedChannel, logger: Logger) async {
        // The future fails if the connection ends before its first request.
        switch try? await value.connection.get() {
        case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
        case .webSocket(let channel):
            await withTaskCancellationHandler {
                try? await channel.closeFuture.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        case nil: value.channel.close(promise: nil)
        }
    }

    /// HTTP/1.1, one request at a time, within limits; ``HTTPUpgradeHandler`` adds the rest.
    private func addHandlers(to channel: any Channel, place: ConnectionPlace?) -> EventLoopFuture<HubConnection> {
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.headerBytes
        decoderLimits.maxHeaderListSize = limits.headerBytes
        decoderLimits.maxHeaderFieldCount = limits.headerCount
        let wireGate = WireGate(limits: limits)
        let handlers = HTTPUpgradeHandler.HTTPHandlers(
            wireGate: wireGate,
            encoder: HTTPResponseEncoder(),
            decoder: ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoderLimits)),
            pipelining: HTTPServerPipelineHandler(),
            requestGuard: RequestGuard(
                limits: limits, gate: wireGate, budgets: budgets, place: place, metrics: metrics))
        let selected = channel.eventLoop.makePromise(of: HubConnection.self)
        let selector = HTTPUpgradeHandler(handlers: handlers, hub: self, place: place, selected: selected)
        let pipeline = channel.pipeline.syncOperations
        do {
            try pipeline.addHandler(handlers.wireGate)
            try pipeline.addHandler(handlers.encoder)
            try pipeline.addHandler(handlers.decoder)
            try pipeline.addHandler(handlers.pipelining)
            try pipeline.addHandler(handlers.requestGuard)
            try pipeline.addHandler(selector)
        } catch {
            selected.fail(error)
        }
        return selected.futureResult
    }
}
