import Logging
import Synchronization

/// The level of all loggers of the program, which a reload may change while they are in use.
final class SharedLogLevel: Sendable {
    private let place: Atomic<Int>

    init(_ level: LogSection.Level?) {
        place = Atomic(Self.place(of: level))
    }

    var value: Logger.Level { Logger.Level.allCases[place.load(ordering: .relaxed)] }

    func set(_ level: LogSection.Level?) {
        place.store(Self.place(of: level), ordering: .relaxed)
    }

    private static func place(of level: LogSection.Level?) -> Int {
        Logger.Level.allCases.firstIndex(of: (level ?? .info).ofLoggers) ?? 0
    }
}

extension LogSection.Level {
    /// What swift-log calls it.
    var ofLoggers: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
