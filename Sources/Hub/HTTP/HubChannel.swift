import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// One connection of the hub: HTTP/1.1, or a WebSocket once a request asks for one, on the same port.
struct HubChannel: HTTPChannelHandler {
    struct Value: ServerChildChannelValue {
        let connection: EventLoopFuture<HubConnection>
        let channel: any Channel
    }

    let responder: Responder
    private let gate: StreamGate
    private let fanout: StreamFanout
    private let limits: HubLimits
    private let metrics: HubMetrics
    private let certificate: HubCertificate?
    let openConnections: ConnectionCount

    /// With a `certificate` connections are TLS.
    init(responder: HubResponder, fanout: StreamFanout, certificate: HubCertificate?) {
        self.certificate = certificate
        let limits = responder.limits
        let openConnections = ConnectionCount()
        let isOverloaded = { @Sendable in openConnections.value > limits.connections }
        self.limits = limits
        self.openConnections = openConnections
        self.fanout = fanout
        gate = StreamGate(responder: responder, isOverloaded: isOverloaded)
        metrics = responder.metrics
        self.responder = { request, writer, channel in
            let peer = PeerAddress(channel.remoteAddress)
            let context = RequestContext(
                peer: peer, client: responder.trustedProxies.client(peer: peer, fields: request.headers),
                openConnections: openConnections.value, isOverloaded: isOverloaded())
            try await responder.respond(to: request, writer: writer, context: context)
        }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        openConnections.opened(until: channel.closeFuture)
        return channel.eventLoop.makeCompletedFuture {
            // Small messages, each worth its packet at once.
            try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
            try channel.syncOptions?.setOption(
                .writeBufferWaterMark, value: .init(low: 1, high: limits.streamBufferBytes))
            if let certificate {
                let handler = NIOSSLServerHandler(context: certificate.context)
                try channel.pipeline.syncOperations.addHandler(handler)
            }
            return Value(connection: addHandlers(to: channel), channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        // The future fails when the connection ends before it has said what it is; there is nobody left to tell.
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

    /// HTTP/1.1, one request at a time, within limits; ``ConnectionSelector`` adds the rest.
    private func addHandlers(to channel: any Channel) -> EventLoopFuture<HubConnection> {
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.headerBytes
        decoderLimits.maxHeaderListSize = limits.headerBytes
        decoderLimits.maxHeaderFieldCount = limits.headerCount
        let handlers = ConnectionSelector.HTTPHandlers(
            encoder: HTTPResponseEncoder(),
            decoder: ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoderLimits)),
            pipelining: HTTPServerPipelineHandler(),
            requestGuard: RequestGuard(limits: limits, metrics: metrics))
        let selected = channel.eventLoop.makePromise(of: HubConnection.self)
        let selector = ConnectionSelector(
            handlers: handlers, gate: gate, fanout: fanout, isSecure: certificate != nil, selected: selected)
        let pipeline = channel.pipeline.syncOperations
        do {
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
