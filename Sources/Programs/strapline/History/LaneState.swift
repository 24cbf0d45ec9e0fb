import Outbox

/// How it stands with a reading at one destination.
enum LaneState: Equatable {
    case setAside(SetAsideRecord.State)
    /// Still to be sent.
    case waiting
    /// Delivered, older than the destination, or too old when its turn came.
    case passed
    /// Not a heart rate.
    case never
    /// It would wait, but the configuration does not name the destination any more.
    case withoutDestination

    var word: String {
        switch self {
        case .setAside(let state): state.rawValue
        case .waiting: "waiting"
        case .passed: "passed"
        case .never: "never"
        case .withoutDestination: SetAsideRecord.State.withoutDestination.rawValue
        }
    }

    /// For a person.
    var sentence: String {
        switch self {
        case .setAside(.setAside): "set aside: strapline outbox retry sends it once more"
        case .setAside(.putBack): "put back: a running uploader sends it within a minute"
        case .setAside(.withoutDestination): "set aside; the configuration does not name this destination any more"
        case .waiting: "waits to be sent"
        case .passed: "delivered, or older than this destination or its max_age_seconds"
        case .never: "never sent, for it is not a heart rate"
        case .withoutDestination: "not sent; the configuration does not name this destination any more"
        }
    }
}

extension ReadingRecord.LaneRecord {
    func state(of reading: Reading) -> LaneState {
        if let setAside { return .setAside(SetAsideRecord.State(setAside)) }
        if reading.heartRate == nil { return .never }
        if isPassed { return .passed }
        return isDeclared ? .waiting : .withoutDestination
    }
}
