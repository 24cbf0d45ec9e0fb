/// The name of a call for metrics: its path with its variable parts named, as the documentation has it.
enum Route {
    /// Of requests that lead nowhere, or that could not be read.
    static let other = "other"
}

extension Endpoint {
    var route: String {
        switch self {
        case .writeHeartRate: "/api/v1/data"
        case .latestHeartRate: "/api/v1/data/heart_rate/latest"
        case .realTime: "/api/v1/data/real_time"
        case .roomRealTime: "/api/v2/data/rooms/{roomId}/real_time"
        case .validateToken: "/api/v1/token/validate"
        case .beats: "/heart/oauth/users/{userId}/beats"
        case .statistics: "/api/v1/statistics"
        case .profile: "/api/v1/profile"
        case .page(.index): "/"
        case .page(.overlay): "/overlay/{profile}"
        case .page: "/page/{file}"
        case .rooms: "/api/hub/v1/rooms"
        case .readings: "/api/hub/v1/readings"
        }
    }
}

extension Subscription {
    var route: String {
        switch stream {
        case .realTime: Endpoint.realTime.route
        case .room(let id, _): Endpoint.roomRealTime(roomID: id).route
        }
    }
}
