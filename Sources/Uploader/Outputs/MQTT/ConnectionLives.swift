import MQTT
import Timing

/// How long the last connections have lasted, as a value without a clock. Two clients with one client id end each
/// other's connections, again and again.
struct ConnectionLives: Sendable {
    /// A connection that ends sooner is a short one.
    static let shortMilliseconds: Int64 = 10_000
    /// So many short ones in a row are no chance.
    private static let suspicious = 3
    private static let backoff = Backoff(base: .seconds(2), cap: .seconds(60))

    private(set) var shortOnes = 0

    /// A connection has ended that was open for this time.
    mutating func end(afterMilliseconds life: Int64) {
        shortOnes = life < Self.shortMilliseconds ? shortOnes + 1 : 0
    }

    /// A wait before the next connection, in addition to the one after each failure.
    var pause: Duration { shortOnes < Self.suspicious ? .zero : Self.backoff.ceiling(afterFailures: shortOnes - 1) }

    /// The failure, with the likely reason when connections end too soon again and again.
    func explained(_ failure: MQTTFailure, clientID: String) -> MQTTFailure {
        guard shortOnes >= Self.suspicious, failure.code == .connectionLost else { return failure }
        return MQTTFailure(
            .configuration,
            "the broker has ended \(shortOnes) connections soon after they began. Perhaps another program has the "
                + "client id \(clientID): set another `client_id`")
    }
}
