import OSC
import Testing

@testable import Outputs

/// Every name with its type and value, as other programs send them and avatars expect them.
@Suite struct OSCFamilyTests {
    /// At 172 beats a minute, within a pulse, after the intervals 340 and 400 ms, with the battery at 80 %.
    private static let live: [OSCFamily: [String: OSCArgument]] = [
        .miband: [
            "Heartrate": .float32(172 / 127 - 1), "Heartrate2": .float32(172 / 255), "Heartrate3": .int32(172),
        ],
        .pulsoid: [
            "HeartRateInt": .int32(172), "HeartRate3": .int32(172), "HeartRateFloat": .float32(172 / 127 - 1),
            "HeartRate": .float32(172 / 127 - 1), "HeartRateFloat01": .float32(172 / 255),
            "HeartRate2": .float32(172 / 255), "HeartBeatInt": .int32(1), "HeartBeatPulse": .boolean(true),
            "HeartBeatToggle": .boolean(true),
        ],
        .hrtovrchat: [
            "HR": .int32(172), "HRPercent": .float32(172 / 255), "FullHRPercent": .float32(172 / 127 - 1),
            "onesHR": .int32(2), "tensHR": .int32(7), "hundredsHR": .int32(1), "isHRConnected": .boolean(true),
            "isHRActive": .boolean(true), "isHRBeat": .boolean(true), "floatHR": .float32(172 / 127 - 1),
            "percentHR": .float32(172 / 255),
        ],
        .vrcosc: [
            "VRCOSC/Heartrate/Connected": .boolean(true), "VRCOSC/Heartrate/Value": .int32(172),
            "VRCOSC/Heartrate/Normalised": .float32(172 / 240), "VRCOSC/Heartrate/Average": .int32(171),
            "VRCOSC/Heartrate/Beat": .boolean(true), "VRCOSC/Heartrate/Enabled": .boolean(true),
            "VRCOSC/Heartrate/Units": .float32(0.2), "VRCOSC/Heartrate/Tens": .float32(0.7),
            "VRCOSC/Heartrate/Hundreds": .float32(0.1),
        ],
        .hrOSC: [
            "hr_connected": .boolean(true), "hr_percent": .float32(172 / 200), "hr_beat": .boolean(true),
            "hr_value": .int32(172), "hr_val": .int32(172),
        ],
        .ironHeart: [
            "HR": .int32(172), "floatHR": .float32(172 / 127 - 1), "isHRConnected": .boolean(true),
            "isHRReconnecting": .boolean(false), "HeartBeatToggle": .boolean(true), "isHRBeat": .boolean(true),
            "HRBattery": .int32(80), "HRBatteryFloat": .float32(0.8), "RRInterval": .int32(400),
            "HRTwitchUp": .boolean(true), "HRTwitchDown": .boolean(false), "HRActivity": .int32(0),
        ],
        .tayou: [
            "HR/Int": .int32(172), "HR/Float": .float32(172 / 127 - 1), "HR/HalfFloat": .float32(172 / 255),
            "HR/Beat": .int32(1), "HR/Pulse": .boolean(true), "HR/BeatToggle": .boolean(true),
            "HR/Connected": .boolean(true),
        ],
        .hrv: ["HRV_RMSSD": .float32(41.5), "HRV_SDNN": .float32(63)],
    ]

    @Test(arguments: OSCFamily.allCases)
    func parameters_ofALiveHeart_haveTheirOriginsNamesTypesAndValues(_ family: OSCFamily) {
        var heart = OSCHeart()
        heart.take(rate: 170, intervalsMilliseconds: [340], batteryPercent: nil, bootMilliseconds: 1000)
        heart.take(rate: 172, intervalsMilliseconds: [340, 400], batteryPercent: 80, bootMilliseconds: 2000)
        heart.take(rmssd: 41.5, sdnn: 63)
        heart.beginPulse()
        let values = Dictionary(uniqueKeysWithValues: family.parameters.map { ($0.name, $0.value(heart)) })
        #expect(values == Self.live[family]?.mapValues(Optional.some))
    }

    /// Numbers from −1 to 1 stand for 0…255 beats a minute: none is −1, and 0 would be 127.
    @Test(arguments: OSCFamily.allCases)
    func parameters_withoutAHeartRate_areFalseAndZero(_ family: OSCFamily) {
        for parameter in family.parameters {
            let value = parameter.value(OSCHeart()) ?? parameter.end
            let none: [OSCArgument] =
                parameter.formula == .signedRate ? [.float32(-1)] : [.int32(0), .float32(0), .boolean(false)]
            #expect(none.contains(value), "\(parameter.name)")
        }
    }

    @Test(arguments: [0, 1, 30, 72, 127, 199, 200, 240, 254, 255, 256, 300, 65535])
    func parameters_atAnyRate_stayWithinTheRangeOfAnAvatar(_ rate: Int) {
        var heart = OSCHeart()
        heart.take(rate: rate, intervalsMilliseconds: [], batteryPercent: 255, bootMilliseconds: 0)
        for parameter in OSCFamily.parameters(of: OSCFamily.allCases) where parameter.formula != .interval {
            switch parameter.value(heart) {
            case .int32(let number): #expect((0...255).contains(number), "\(parameter.name)")
            case .float32(let number): #expect((-1...1).contains(number), "\(parameter.name)")
            case .boolean, .string, nil: break
            }
        }
    }

    @Test func parameters_ofSeveralFamilies_haveEachNameOnceAndOneTypeForIt() {
        let all = OSCFamily.parameters(of: OSCFamily.allCases)
        #expect(Set(all.map(\.name)).count == all.count)
        for parameter in OSCFamily.allCases.flatMap(\.parameters) {
            #expect(all.contains(parameter), "two families have different values for \(parameter.name)")
        }
        #expect(all.allSatisfy { OSCMessage.isAddress(OSCSettings.standardPrefix + $0.name) })
        #expect(all.contains { $0.name == "Heartrate3" } && all.contains { $0.name == "HeartRate3" })
    }

    @Test func averageRate_ofMoreThanTenSeconds_forgetsTheOldOnes() {
        var heart = OSCHeart()
        heart.take(rate: 200, intervalsMilliseconds: [], batteryPercent: nil, bootMilliseconds: 0)
        for second in 10...12 {
            heart.take(rate: 60, intervalsMilliseconds: [], batteryPercent: nil, bootMilliseconds: Int64(second) * 1000)
        }
        #expect(heart.averageRate == 60)
    }

    @Test(arguments: [
        ([800, 851], true, false), ([800, 850], false, false), ([800, 749], false, true), ([800], false, false),
    ])
    func twitch_whenTheIntervalChangesClearly_isTrueUntilTheNextReading(
        _ intervals: [Int], _ isUp: Bool, _ isDown: Bool
    ) {
        var heart = OSCHeart()
        heart.take(rate: 75, intervalsMilliseconds: intervals, batteryPercent: nil, bootMilliseconds: 0)
        #expect(OSCParameter("", .isLonger).value(heart) == .boolean(isUp))
        #expect(OSCParameter("", .isShorter).value(heart) == .boolean(isDown))
        heart.take(rate: 75, intervalsMilliseconds: [], batteryPercent: nil, bootMilliseconds: 1000)
        #expect(OSCParameter("", .isLonger).value(heart) == .boolean(false))
        #expect(OSCParameter("", .isShorter).value(heart) == .boolean(false))
    }
}
