import HTTPTypes
import HubAPI
import PulsoidAPI

/// The calls that the hub answers.
enum Endpoint: Sendable, Hashable {
    case writeHeartRate
    case latestHeartRate
    case realTime
    case roomRealTime(roomID: String)
    case validateToken
    case beats(userID: String)
    case statistics
    case profile
    // The hub's own.
    case page(PageFile)
    case rooms
    case readings

    /// Nil for a path that leads nowhere.
    init?(_ segments: [String]) {
        switch segments {
        case ["api", "v1", "data"]: self = .writeHeartRate
        case ["api", "v1", "data", "heart_rate", "latest"]: self = .latestHeartRate
        case ["api", "v1", "data", "real_time"]: self = .realTime
        case ["api", "v1", "token", "validate"]: self = .validateToken
        case ["api", "v1", "statistics"]: self = .statistics
        case ["api", "v1", "profile"]: self = .profile
        case ["api", "hub", "v1", "rooms"]: self = .rooms
        case ["api", "hub", "v1", "readings"]: self = .readings
        default:
            if segments.count == 6, segments[0...3] == ["api", "v2", "data", "rooms"], segments[5] == "real_time" {
                self = .roomRealTime(roomID: segments[4])
            } else if segments.count == 5, segments[0...2] == ["heart", "oauth", "users"], segments[4] == "beats" {
                self = .beats(userID: segments[3])
            } else if let file = PageFile(segments) {
                self = .page(file)
            } else {
                return nil
            }
        }
    }

    /// The method that it is called with; `HEAD` goes where `GET` goes.
    var method: HTTPRequest.Method {
        switch self {
        case .writeHeartRate, .beats: .post
        case .latestHeartRate, .realTime, .roomRealTime, .validateToken, .statistics, .profile, .page, .rooms,
            .readings:
            .get
        }
    }

    /// The value of an `Allow` header.
    var allowedMethods: String {
        method == .get ? "GET, HEAD, OPTIONS" : "\(method.rawValue), OPTIONS"
    }

    /// Whether it is a WebSocket.
    var isStream: Bool {
        switch self {
        case .realTime, .roomRealTime: true
        case .writeHeartRate, .latestHeartRate, .validateToken, .beats, .statistics, .profile, .page, .rooms, .readings:
            false
        }
    }

    /// The file that anybody may have; nil for calls.
    var page: PageFile? {
        if case .page(let file) = self { file } else { nil }
    }

    /// Whose call it is, for those who count.
    var api: RequestPacing.API {
        if case .beats = self { .cardiogram } else { .pulsoid }
    }

    /// What the token must be good for; nil where any token will do.
    var scope: String? {
        switch self {
        case .writeHeartRate: PulsoidScope.heartRateWrite.rawValue
        case .latestHeartRate, .realTime: PulsoidScope.heartRateRead.rawValue
        case .roomRealTime, .rooms: PulsoidScope.roomRead.rawValue
        // Of readings: which scope, depends on whose they are.
        case .validateToken, .page, .readings: nil
        case .beats: HubScope.beatsWrite
        case .statistics: PulsoidScope.statisticsRead.rawValue
        case .profile: PulsoidScope.profileRead.rawValue
        }
    }
}
