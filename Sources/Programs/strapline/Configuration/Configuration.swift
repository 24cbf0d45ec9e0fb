/// The file that `strapline run --config` reads. `packaging/strapline.example.yaml` explains every key and default.
struct Configuration: ConfigurationSection {
    var straps: [StrapSection]
    var services: ServicesSection?
    var network: NetworkSection?
    var bluetooth: BluetoothSection?
    var outbox: OutboxSection?
    var clock: ClockSection?
    var log: LogSection?
    var metrics: MetricsSection?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case straps, services, network, bluetooth, outbox, clock, log, metrics
    }

    static var sections: [CodingKeys: any ConfigurationSection.Type] {
        [
            .straps: StrapSection.self, .services: ServicesSection.self, .network: NetworkSection.self,
            .bluetooth: BluetoothSection.self, .outbox: OutboxSection.self, .clock: ClockSection.self,
            .log: LogSection.self, .metrics: MetricsSection.self,
        ]
    }
}
