import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Timing

/// Connects, and asks the server to upgrade the connection to a WebSocket (RFC 6455, section 4.1).
struct WebSocketOpening {
    typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
    typealias Refusal = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    enum Outcome {
        case open(Frames)
        case refused(Refusal)
    }

    /// One thread for all streams; it lives as long as the program.
    private static let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    let request: WebSocketRequest
    let limits: WebSocketLimits

    /// The frames of an open stream, for ``NIOCore/NIOAsyncChannel/executeThenClose(_:)``, which must be called.
    func open() async throws(WebSocketError) -> Frames {
        let opening = OpeningChannel()
        defer { opening.settled() }
        let result = await withTaskCancellationHandler {
            await attempt(opening)
        } onCancel: {
            opening.cancel()
        }
        switch result {
        case .success(let frames): return frames
        case .failure where opening.isCancelled: throw WebSocketError(.cancelled, request.server)
        case .failure where opening.hasTimedOut: throw WebSocketError(.upgradeTimeout, request.server)
        case .failure(let error as WebSocketError): throw error
        case .failure(let error): throw WebSocketError.opening(error, of: request)
        }
    }

    private func attempt(_ opening: OpeningChannel) async -> Result<Frames, any Error> {
        do {
            let tls = request.isSecure ? try Self.tls(trusting: request.certificates) : nil
            let outcome = try await ClientBootstrap(group: Self.eventLoops)
                .connectTimeout(TimeAmount(limits.connectTimeout))
                .connect(host: request.host, port: request.port) { channel in
                    opening.opened(channel, closeAfter: limits.upgradeTimeout)
                    return channel.eventLoop.makeCompletedFuture { try configure(channel, tls, opening) }
                }
                .get()
            opening.taken()
            switch outcome {
            case .open(let frames): return .success(frames)
            case .refused(let answer): return .failure(try await refusal(answer))
            }
        } catch {
            await opening.outcome?.discard()
            return .failure(error)
        }
    }

    private func configure(
        _ channel: any Channel, _ tls: NIOSSLContext?, _ opening: OpeningChannel
    ) throws -> EventLoopFuture<Outcome> {
        if let tls {
            // An address cannot stand in SNI; the certificate is then checked against the address.
            let isAddress = (try? SocketAddress(ipAddress: request.host, port: 0)) != nil
            let handler = try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : request.host)
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        let upgrader = NIOTypedWebSocketClientUpgrader<Outcome>(
            // Errors come to us, who say goodbye for all reasons in one place.
            maxFrameSize: limits.messageBytes, enableAutomaticErrorHandling: false,
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    opening.wrapped(.open(try Frames(wrappingChannelSynchronously: channel)))
                }
            })
        let configuration = NIOTypedHTTPClientUpgradeConfiguration<Outcome>(
            upgradeRequestHead: head, upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in
                channel.eventLoop.makeCompletedFuture {
                    opening.wrapped(.refused(try Refusal(wrappingChannelSynchronously: channel)))
                }
            })
        var pipeline = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: configuration)
        // The first frames often come in one packet with the answer to the upgrade; they must not be dropped. They
        // still are where the server also closes at that very moment: SwiftNIO's HTTP decoder has no strategy for that.
        pipeline.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: pipeline)
    }

    private var head: HTTPRequestHead {
        var headers = HTTPHeaders([("Host", request.hostHeader), ("User-Agent", "strapline")])
        headers.add(contentsOf: request.headers.map { ($0.name, $0.value) })
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: request.target, headers: headers)
    }

    /// Reads why the server refused.
    private func refusal(_ answer: Refusal) async throws -> WebSocketError {
        try await answer.executeThenClose { parts, _ in
            var status: Int?
            var encoding: String?
            var body = ByteBuffer()
            reading: for try await part in parts {
                switch part {
                case .head(let head):
                    status = Int(head.status.code)
                    encoding = head.headers.first(name: "Content-Encoding")
                case .body(let more):
                    let room = limits.refusalBytes - body.readableBytes
                    body.writeBytes(more.readableBytesView.prefix(room))
                    if more.readableBytes >= room { break reading }
                case .end: break reading
                }
            }
            let code: WebSocketError.Code =
                switch status {
                case 401: .unauthorised
                case 403: .forbidden
                case nil: .closed
                default: .refused
                }
            guard let encoding, !encoding.isEmpty, encoding.lowercased() != "identity" else {
                return WebSocketError(code, request.server, status: status, body: Array(body.readableBytesView))
            }
            return WebSocketError(
                code, request.server, status: status,
                underlying: "its reason came compressed, Content-Encoding: \(encoding)")
        }
    }

    private static func tls(trusting certificates: [UInt8]) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if !certificates.isEmpty {
            configuration.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMBytes(certificates))]
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
