/// A service that a strap's readings go to, and the user they belong to there.
package struct DestinationSection: ConfigurationSection {
    package enum Service: String, ConfigurationChoice {
        case pulsoid, cardiogram
    }

    /// Which of the readings that wait go first. See `BacklogPolicy`.
    enum Order: String, ConfigurationChoice {
        case inOrder = "in-order"
        case newestFirst = "newest-first"
    }

    package var service: Service
    /// Names the lane of the destination in the outbox; by default the service's name.
    package var name: String?
    /// The address of this destination's server, in place of the service's.
    package var address: String?
    package var tokenFile: String?
    var tokenEnvironment: String?
    package var tokenCredential: String?
    /// The user at Cardiogram.
    package var userID: String?
    /// The most beats in one request to Cardiogram.
    var batchBeats: Int?
    /// How long the oldest beat waits for others before a request to Cardiogram.
    var batchSeconds: Int?
    var order: Order?
    /// Readings that are older when their turn comes are not sent.
    var maximumAgeSeconds: Int?

    /// The name of the destination among those of its strap.
    package var laneName: String { name ?? service.rawValue }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case service, name, address, order
        case tokenFile = "token_file"
        case tokenEnvironment = "token_environment"
        case tokenCredential = "token_credential"
        case userID = "user_id"
        case batchBeats = "batch_beats"
        case batchSeconds = "batch_seconds"
        case maximumAgeSeconds = "max_age_seconds"
    }
}
