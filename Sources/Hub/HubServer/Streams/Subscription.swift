import HTTPTypes
import HubStore
import PulsoidAPI

/// What a WebSocket was opened for.
struct Subscription: Sendable {
    enum Stream: Sendable, Hashable {
        case realTime(ResponseMode)
        case room(id: String, kinds: Set<RoomMessageKind>)

        var kind: Kind {
            switch self {
            case .realTime: .realTime
            case .room: .room
            }
        }
    }

    /// The stream without what it was asked for.
    enum Kind: String, Sendable, CaseIterable {
        case realTime = "real_time"
        case room
    }

    let userID: Int64
    let token: Token
    let stream: Stream
    /// Among the streams that the token and its user may have; nil where nothing is opened.
    var place: StreamPlaces.Place?

    /// - Throws: 400 for a `response_mode` that there is none of.
    init(_ endpoint: Endpoint, grant: Access.Grant, target: RequestTarget) throws(Failure) {
        userID = grant.user.id
        token = grant.token
        if case .roomRealTime(let roomID) = endpoint {
            let kinds = target.query(PulsoidPath.Query.kinds).map(RoomMessageKind.kinds(inQuery:))
            stream = .room(id: roomID, kinds: kinds ?? RoomMessageKind.defaults)
        } else {
            stream = .realTime(try target.responseMode(among: ResponseMode.allCases))
        }
    }
}

extension RequestTarget {
    /// `?response_mode=`, ``ResponseMode/json`` when it is missing.
    func responseMode(among modes: [ResponseMode]) throws(Failure) -> ResponseMode {
        guard let name = query(PulsoidPath.Query.responseMode) else { return .json }
        guard let mode = ResponseMode(rawValue: name), modes.contains(mode) else {
            let known = modes.map(\.rawValue).joined(separator: ", ")
            throw Failure(.badRequest, "response_mode must be one of \(known)")
        }
        return mode
    }
}
