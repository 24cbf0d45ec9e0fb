import Testing

@testable import FIT

@Suite struct FITActivityTests {
    private static let start: Int64 = 1_764_410_400

    private func messages(_ activity: FITActivity) throws -> [FITMessage] {
        try FITFile.decode(try #require(activity.encoded()))
    }

    private let workout = FITActivity(
        events: [
            .record(seconds: start, heartRate: 100), .intervals([600, 610]),
            .record(seconds: start + 1, heartRate: 103), .timerStopped(seconds: start + 1),
            .timerStarted(seconds: start + 31), .record(seconds: start + 31, heartRate: 120),
            .intervals([500, 501, 502, 503, 504, 505, 506]), .record(seconds: start + 32, heartRate: 121),
        ],
        device: FITActivity.Device(
            manufacturer: "Polar Electro Oy", product: "H10", serialNumber: "A1B2C3D4", firmware: "3.1.1"),
        localOffsetSeconds: 3600, kilocalories: 12, serialNumber: 99)

    @Test func activity_hasWhatServicesRequire_inTheirOrder() throws {
        let numbers = try messages(workout).map(\.number)
        #expect(numbers == [0, 23, 21, 20, 78, 20, 21, 21, 20, 78, 78, 20, 21, 19, 18, 34])
    }

    @Test func times_areSinceTheEpochOfFIT_andAscend() throws {
        let messages = try messages(workout)
        let first = UInt32(Self.start - 631_065_600)
        let records = messages.filter { $0.number == 20 }
        #expect(records.map { $0.number(253) } == [first, first + 1, first + 31, first + 32])
        let times = messages.compactMap { $0.number(253) }
        #expect(times == times.sorted())
        #expect(messages.last?.number(5) == first + 32 + 3600)
    }

    @Test func intervals_standWhereTheyArrived_fiveInAMessage() throws {
        let messages = try messages(workout).filter { $0.number == 78 }.map { $0[0] }
        let none = UInt16.max
        #expect(
            messages == [
                .uint16s([600, 610, none, none, none]), .uint16s([500, 501, 502, 503, 504]),
                .uint16s([505, 506, none, none, none]),
            ])
    }

    @Test func summary_leavesOutThePause_andHasMeanAndMaximum() throws {
        let messages = try messages(workout)
        for (number, average, maximum) in [(19, 15, 16), (18, 16, 17)] as [(UInt16, UInt8, UInt8)] {
            let message = try #require(messages.first { $0.number == number })
            #expect(message.number(7) == 32_000 && message.number(8) == 2_000)
            #expect(message.number(average) == 111 && message.number(maximum) == 121 && message.number(11) == 12)
        }
    }

    @Test func device_isTheStrap() throws {
        let device = try #require(try messages(workout).first { $0.number == 23 })
        #expect(device.number(2) == 123 && device.number(3) == 0xA1B2_C3D4 && device.number(5) == 310)
        #expect(device[27] == .string("H10"))
    }

    @Test(
        arguments: [
            (nil, nil, nil, 255, nil, nil), ("Wahoo Fitness", "12345678", "4.12", 32, 12_345_678, 412),
            ("Coospo", "none", "v1.0", 255, nil, nil), ("polar", "0", "1", 123, nil, 100),
            ("Garmin", "FFFFFFFFFF", "9999", 1, nil, nil),
        ] as [(String?, String?, String?, UInt32, UInt32?, UInt32?)])
    func device_withOddTexts_hasOnlyWhatIsANumber(
        manufacturer: String?, serial: String?, firmware: String?, number: UInt32, serialNumber: UInt32?,
        version: UInt32?
    ) throws {
        let activity = FITActivity(
            events: [.record(seconds: Self.start, heartRate: 60)],
            device: FITActivity.Device(manufacturer: manufacturer, serialNumber: serial, firmware: firmware))
        let device = try #require(try messages(activity).first { $0.number == 23 })
        #expect(device.number(2) == number && device.number(3) == serialNumber && device.number(5) == version)
    }

    @Test func activityWithoutARecord_isNoFile() {
        #expect(FITActivity(events: [.intervals([800])]).encoded() == nil)
        #expect(FITActivity(events: []).encoded() == nil)
    }

    @Test func sameActivity_givesTheSameBytes() {
        #expect(workout.encoded() == workout.encoded())
    }

    @Test func times_beforeFITsEpoch_andAfterItsEnd_areNoTrap() throws {
        for start in [0, 99_999_999_999] as [Int64] {
            let events = (0..<3).map { FITActivity.Event.record(seconds: start + $0, heartRate: 60) }
            #expect(try messages(FITActivity(events: events)).count == 10)
        }
    }
}
