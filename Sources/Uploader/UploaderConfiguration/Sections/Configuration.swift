package import Logging

/// The file that `strapline run --config` reads. `packaging/strapline.example.yaml` explains every key and default.
package struct Configuration: FixedConfigurationSection {
    package var straps: [StrapSection]
    package var outputs: [OutputSection]?
    package var sessions: [SessionDestinationSection]?
    package var services: ServicesSection?
    package var network: NetworkSection?
    var bluetooth: BluetoothSection?
    package var outbox: OutboxSection?
    package var clock: ClockSection?
    package var log: LogSection?
    package var metrics: MetricsSection?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case straps, outputs, sessions, services, network, bluetooth, outbox, clock, log, metrics
    }

    static var sections: [CodingKeys: any ConfigurationSection.Type] {
        [
            .straps: StrapSection.self, .outputs: OutputSection.self, .sessions: SessionDestinationSection.self,
            .services: ServicesSection.self,
            .network: NetworkSection.self,
            .bluetooth: BluetoothSection.self, .outbox: OutboxSection.self, .clock: ClockSection.self,
            .log: LogSection.self, .metrics: MetricsSection.self,
        ]
    }
}

struct BluetoothSection: FixedConfigurationSection {
    /// The address of the adapter to use; by default every adapter that is on.
    var adapter: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case adapter
    }
}

/// The file in which readings wait until every destination has them.
package struct OutboxSection: FixedConfigurationSection {
    package enum Durability: String, ConfigurationChoice {
        case powerLoss = "power-loss"
        case processCrash = "process-crash"
    }

    package var path: String?
    package var durability: Durability?
    /// How long delivered readings are kept.
    var retentionDays: Double?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case path, durability
        case retentionDays = "retention_days"
    }
}

package struct ClockSection: FixedConfigurationSection {
    /// How long uploads wait after the start for the system clock to be synchronised.
    var waitSeconds: Int?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case waitSeconds = "wait_seconds"
    }
}

package struct LogSection: FixedConfigurationSection {
    package enum Level: String, ConfigurationChoice {
        case debug, info, warning, error
    }

    package var level: Level?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case level
    }
}

/// Whether other programs may look at the uploader over HTTP.
package struct MetricsSection: FixedConfigurationSection {
    /// Where it listens, on this machine alone: `127.0.0.1:9464`.
    package var address: String
    /// A file with the token that every request must bring; without one, only programs on this machine are answered.
    package var tokenFile: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case address
        case tokenFile = "token_file"
    }
}

extension Configuration {
    /// The least severe level that is logged: `info` by default.
    package var logLevel: Logger.Level {
        switch log?.level {
        case .debug: .debug
        case .info, nil: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
