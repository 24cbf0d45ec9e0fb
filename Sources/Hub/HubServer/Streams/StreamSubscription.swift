import HTTPTypes
import HubStore
import PulsoidAPI

/// What one WebSocket receives.
struct StreamSubscription: Sendable {
    enum Stream: Sendable, Hashable {
        case realTime(ResponseMode)
        case room(id: String, kinds: Set<RoomMessageKind>)

        /// - Parameters:
        ///   - kind: the kind of stream.
        ///   - parameters: the variable parts of the path: the room.
        ///   - target: holds `response_mode` or `kinds`.
        /// - Throws: 400 for an unknown `response_mode`.
        init(_ kind: StreamKind, parameters: [String], target: RequestTarget) throws(HubHTTPError) {
            switch kind {
            case .realTime: self = .realTime(try target.responseMode(among: ResponseMode.allCases))
            case .room:
                let kinds = target.query(PulsoidPath.Query.kinds).map(RoomMessageKind.kinds(inQuery:))
                self = .room(id: parameters.first ?? "", kinds: kinds ?? RoomMessageKind.defaults)
            }
        }

        var kind: StreamKind {
            switch self {
            case .realTime: .realTime
            case .room: .room
            }
        }
    }

    let userID: Int64
    let token: Token
    let stream: Stream
    /// The name of the call in metrics.
    let route: String
    /// Among the streams that the token and its user may have.
    let place: StreamPlaces.Place
}

extension RequestTarget {
    /// `?response_mode=`; ``ResponseMode/json`` if it is missing.
    func responseMode(among modes: [ResponseMode]) throws(HubHTTPError) -> ResponseMode {
        guard let name = query(PulsoidPath.Query.responseMode) else { return .json }
        guard let mode = ResponseMode(rawValue: name), modes.contains(mode) else {
            let known = modes.map(\.rawValue).joined(separator: ", ")
            throw HubHTTPError(.badRequest, "response_mode must be one of \(known)")
        }
        return mode
    }
}
