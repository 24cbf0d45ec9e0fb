import Foundation
import HTTPTypes
import HubAPI
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypesHTTP1
import PulsoidAPI
import TestKit
import Timing
import WebClient

@testable import HubServer
@testable import HubStore

extension Fuzzer {
    /// Requests as they come from the socket: whatever gets past NIO's parser and the guard is read by our own code.
    static let hubRequests = Fuzzer(name: "hub-requests") { bytes in
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        let limits = HubLimits()
        let gate = WireGate(limits: limits)
        try channel.pipeline.syncOperations.addHandlers([
            gate, HTTPResponseEncoder(), ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)),
            HTTPServerPipelineHandler(),
            RequestGuard(limits: limits, gate: gate, budgets: ConnectionBudgets(limits: limits)),
        ])
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            if case .head(let head) = part { try read(head) }
        }
    }

    private static func read(_ head: HTTPRequestHead) throws {
        let fields = HTTPFields(head.headers, splitCookie: false)
        _ = WebSocketHandshake.isWanted(by: head)
        if WebSocketHandshake.failure(fields) == nil { _ = WebSocketHandshake.acceptance(of: head) }
        guard let target = RequestTarget(head.uri) else { return }
        if let token = try? Credentials.accessToken(fields: fields, target: target) {
            try hold(!token.isEmpty, "a token is never empty")
        }
        _ = try? target.responseMode(among: ResponseMode.allCases)
        _ = target.query("kinds").map(RoomMessageKind.kinds(inQuery:))
        guard let match = CallTable.router.match(target.segments) else { return }
        try hold(!match.path.calls.isEmpty, "a path has a call")
    }

    /// Bodies of writes, by a user who may write, into a real database. The first byte chooses the call. Each is
    /// taken or refused with a reason; nothing that the hub itself did wrong.
    static let hubBodies = Fuzzer(name: "hub-bodies") { bytes in
        var source = ByteSource(bytes)
        let isBeats = !source.byte().isMultiple(of: 2)
        let hub = try await WritableHub.shared.value
        do {
            let calls = hub.responder.measurements
            let body = ByteBuffer(bytes: source.remainder())
            let response =
                isBeats
                ? try await calls.writeBeats(body, hub.grant) : try await calls.writeHeartRate(body, hub.grant)
            try hold(response.status.kind == .successful, "an answer without a failure is a success")
            if !isBeats { _ = try await hub.store.readings.latest(ofUser: hub.grant.user.id) }
        } catch let failure as HubHTTPError {
            try hold(failure.status.kind == .clientError, "the hub did nothing wrong: \(failure)")
        }
    }
}

/// A hub with one user, for all inputs of a run: to make one for each would be most of the work.
struct WritableHub {
    private static let directory = TemporaryDirectory()
    let store: HubStore
    let responder: HubResponder
    let grant: AccessGrant

    static let shared = Task { try await WritableHub() }

    private init() async throws {
        // Static values are never released.
        atexit { try? FileManager.default.removeItem(atPath: WritableHub.directory.path) }
        store = try HubStore(path: Self.directory.file("hub.sqlite"), time: StillTime())
        let limits = HubLimits()
        responder = HubResponder(
            store: store, limits: limits, logger: Logger(label: "fuzz", factory: { _ in SwiftLogNoOpLogHandler() }))
        _ = try await store.accounts.addUser(named: "anna")
        let scopes = [PulsoidScope.heartRateWrite.rawValue, HubScope.beatsWrite]
        let issued = try await store.accounts.issueToken(forUser: "anna", scopes: scopes)
        grant = try store.database.directory.grant(
            issued.accessToken, scope: nil, now: StillTime.moment.wallMilliseconds)
    }
}
