/// The messages of an activity. Numbers of messages and fields are those of Garmin's profile.
struct FITActivityMessages {
    /// FIT counts from 1989-12-31T00:00:00Z.
    static let epochSeconds: Int64 = 631_065_600
    /// Values of an `hrv` message; unused ones are 0xFFFF.
    static let intervalsPerMessage = 5

    private let activity: FITActivity
    private let first: UInt32
    private let last: UInt32
    private let timerMilliseconds: UInt32
    private let rates: [UInt8]

    /// Nil without a record.
    init?(_ activity: FITActivity) {
        var seconds: [Int64] = []
        var rates: [UInt8] = []
        var timer: Int64 = 0
        var running: Int64?
        for event in activity.events {
            switch event {
            case .record(let second, let rate):
                running = running ?? second
                seconds.append(second)
                rates.append(rate)
            case .timerStopped(let second):
                timer += max(0, second - (running ?? second))
                running = nil
            case .timerStarted(let second): running = second
            case .intervals: break
            }
        }
        guard let first = seconds.first, let last = seconds.last else { return nil }
        timer += max(0, last - (running ?? last))
        self.activity = activity
        self.first = Self.time(first)
        self.last = Self.time(last)
        self.rates = rates
        timerMilliseconds = UInt32(clamping: timer * 1000)
    }

    /// Made one after the other: all of a day's at once would take 25 MB.
    var messages: some Sequence<FITMessage> {
        [
            AnySequence([fileID, device, timer(.start, at: first)]),
            AnySequence(activity.events.lazy.flatMap { messages(of: $0) }),
            AnySequence([timer(.stopAll, at: last), lap, session, summary]),
        ].joined()
    }

    static func time(_ unixSeconds: Int64) -> UInt32 { UInt32(clamping: unixSeconds - epochSeconds) }

    private enum TimerEvent: UInt8 {
        case start = 0
        case stopAll = 4
    }

    private var fileID: FITMessage {
        var fields = [
            FITMessage.Field(0, .enumeration(4)),  // type: activity
            FITMessage.Field(1, .uint16(FITManufacturer.development)),
            FITMessage.Field(2, .uint16(0)),  // product
            FITMessage.Field(4, .uint32(first)),  // time_created
            FITMessage.Field(8, .string("Strapline")),  // product_name
        ]
        if activity.serialNumber > 0 { fields.append(FITMessage.Field(3, .uint32z(activity.serialNumber))) }
        return FITMessage(0, fields)
    }

    private var device: FITMessage {
        let device = activity.device
        var fields = [
            FITMessage.Field(253, .uint32(first)),
            FITMessage.Field(0, .uint8(1)),  // device_index
            FITMessage.Field(25, .enumeration(3)),  // source_type: Bluetooth Low Energy
            FITMessage.Field(1, .uint8(1)),  // ble_device_type: heart rate
            FITMessage.Field(2, .uint16(FITManufacturer.number(of: device.manufacturer))),
        ]
        let serial = device.serialNumber.flatMap(Self.serial)
        let version = device.firmware.flatMap(Self.version)
        if let serial { fields.append(FITMessage.Field(3, .uint32z(serial))) }
        if let version { fields.append(FITMessage.Field(5, .uint16(version))) }  // software_version
        if let product = device.product { fields.append(FITMessage.Field(27, .string(product))) }
        return FITMessage(23, fields)
    }

    private func messages(of event: FITActivity.Event) -> [FITMessage] {
        switch event {
        case .record(let second, let rate):
            return [
                FITMessage(
                    20, [FITMessage.Field(253, .uint32(Self.time(second))), FITMessage.Field(3, .uint8(rate))])
            ]
        case .intervals(let intervals):
            return stride(from: 0, to: intervals.count, by: Self.intervalsPerMessage).map { place in
                let part = intervals[place..<min(place + Self.intervalsPerMessage, intervals.count)]
                let padding = Array(repeating: UInt16.max, count: Self.intervalsPerMessage - part.count)
                return FITMessage(78, [FITMessage.Field(0, .uint16s(Array(part) + padding))])
            }
        case .timerStopped(let second): return [timer(.stopAll, at: Self.time(second))]
        case .timerStarted(let second): return [timer(.start, at: Self.time(second))]
        }
    }

    private func timer(_ event: TimerEvent, at time: UInt32) -> FITMessage {
        FITMessage(
            21,
            [
                FITMessage.Field(253, .uint32(time)),
                FITMessage.Field(0, .enumeration(0)),  // event: timer
                FITMessage.Field(1, .enumeration(event.rawValue)),
            ])
    }

    private var lap: FITMessage {
        FITMessage(
            19,
            summaryFields(event: 9, average: 15, maximum: 16) + [
                FITMessage.Field(24, .enumeration(7)),  // lap_trigger: session_end
                FITMessage.Field(25, .enumeration(10)),  // sport: training
            ])
    }

    private var session: FITMessage {
        FITMessage(
            18,
            summaryFields(event: 8, average: 16, maximum: 17) + [
                FITMessage.Field(5, .enumeration(10)),  // sport: training
                FITMessage.Field(6, .enumeration(0)),  // sub_sport: generic
                FITMessage.Field(25, .uint16(0)),  // first_lap_index
                FITMessage.Field(26, .uint16(1)),  // num_laps
                FITMessage.Field(28, .enumeration(0)),  // trigger: activity_end
            ])
    }

    /// What lap and session have in common; the numbers of three fields differ.
    private func summaryFields(event: UInt8, average: UInt8, maximum: UInt8) -> [FITMessage.Field] {
        let sum = rates.reduce(0) { $0 + Int($1) }
        let mean = UInt8((sum + rates.count / 2) / rates.count)
        var fields = [
            FITMessage.Field(253, .uint32(last)),
            FITMessage.Field(254, .uint16(0)),  // message_index
            FITMessage.Field(0, .enumeration(event)),
            FITMessage.Field(1, .enumeration(1)),  // event_type: stop
            FITMessage.Field(2, .uint32(first)),  // start_time
            FITMessage.Field(7, .uint32(UInt32(clamping: UInt64(last - first) * 1000))),  // total_elapsed_time
            FITMessage.Field(8, .uint32(timerMilliseconds)),  // total_timer_time
            FITMessage.Field(average, .uint8(mean)),
            FITMessage.Field(maximum, .uint8(rates.max() ?? 0)),
        ]
        if let kilocalories = activity.kilocalories { fields.append(FITMessage.Field(11, .uint16(kilocalories))) }
        return fields
    }

    private var summary: FITMessage {
        let local = UInt32(clamping: Int64(last) + Int64(activity.localOffsetSeconds))
        return FITMessage(
            34,
            [
                FITMessage.Field(253, .uint32(last)),
                FITMessage.Field(0, .uint32(timerMilliseconds)),  // total_timer_time
                FITMessage.Field(1, .uint16(1)),  // num_sessions
                FITMessage.Field(2, .enumeration(0)),  // type: manual
                FITMessage.Field(3, .enumeration(26)),  // event: activity
                FITMessage.Field(4, .enumeration(1)),  // event_type: stop
                FITMessage.Field(5, .uint32(local)),  // local_timestamp
            ])
    }

    /// Decimal or hexadecimal; nil for a text that is no number of 32 bits.
    private static func serial(_ text: String) -> UInt32? {
        guard let number = UInt32(text) ?? UInt32(text, radix: 16), number > 0 else { return nil }
        return number
    }

    /// `3.1.1` as 310: major and minor version, times 100.
    private static func version(_ text: String) -> UInt16? {
        let parts = text.split(separator: ".").prefix(2)
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } }),
            let version = Double(parts.joined(separator: ".")), version < 655
        else { return nil }
        return UInt16((version * 100).rounded())
    }
}

/// The numbers that Garmin gave to manufacturers.
enum FITManufacturer {
    /// Of a maker that has no number here.
    static let development: UInt16 = 255
    private static let numbers: [(name: String, number: UInt16)] = [
        ("garmin", 1), ("suunto", 23), ("wahoo", 32), ("magene", 107), ("polar", 123),
    ]

    /// By the first word of a text such as `Polar Electro Oy`.
    static func number(of text: String?) -> UInt16 {
        guard let text = text?.lowercased() else { return development }
        return numbers.first { text.hasPrefix($0.name) }?.number ?? development
    }
}
