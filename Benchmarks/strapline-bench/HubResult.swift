/// What one server used.
struct HubResult: Sendable {
    struct Fanout: Sendable {
        var readers: Int
        var deliveries: Int
        var cpu: Duration
        var wall: Duration

        var cpuMicrosecondsPerDelivery: Double { cpu.microseconds / Double(deliveries) }
        var deliveriesPerCoreSecond: Double { 1e6 / cpuMicrosecondsPerDelivery }
    }

    struct Writes: Sendable {
        var writers: Int
        var answers: Int
        var cpu: Duration
        var wall: Duration

        var perSecond: Double { Double(answers) / (wall / .seconds(1)) }
        var cpuMicrosecondsPerWrite: Double { cpu.microseconds / Double(answers) }
    }

    var name: String
    var writes: [Writes]
    var fanouts: [Fanout]
    /// The cost of readings one by one, to ``Fanout/readers`` readers, and the time of each delivery.
    var single: Fanout
    var latencies: [Duration]
    /// Idle connections, and the private memory that they all took.
    var idleReaders: Int
    var idleKibibytes: Int

    var idleKilobytesPerReader: Double { Double(idleKibibytes) * 1.024 / Double(idleReaders) }
}
