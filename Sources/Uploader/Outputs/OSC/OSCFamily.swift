/// A family of parameter names that avatars expect. The raw value is its name in the configuration.
///
/// Names are case-sensitive, and each has the type of its origin.
enum OSCFamily: String, CaseIterable, Sendable {
    /// vard88508/vrc-osc-miband-hrm, which most small programs copied.
    case miband
    /// mkc1370/miband-heartrate-osc and Sonic853: PulsoidToOSC, MagicChatbox.
    case pulsoid
    /// 200Tigersbloxed/HRtoVRChat, with two names of its copies.
    case hrtovrchat
    /// VolcanicArts/VRCOSC, with its older names.
    case vrcosc
    /// hr-osc, Akaryu's HeartRate OSC and hr_push.
    case hrOSC = "hr-osc"
    /// nullstalgia/iron-heart and HRPresence.
    case ironHeart = "iron-heart"
    /// TayouVR/miband-heartrate-osc.
    case tayou
    /// Heart rate variability, in the names of a program for VRChat in Rust.
    case hrv

    var parameters: [OSCParameter] {
        switch self {
        case .miband:
            [
                OSCParameter("Heartrate", .signedRate), OSCParameter("Heartrate2", .rateOf(maximum: 255)),
                OSCParameter("Heartrate3", .rate),
            ]
        case .pulsoid:
            [
                OSCParameter("HeartRateInt", .rate), OSCParameter("HeartRate3", .rate),
                OSCParameter("HeartRateFloat", .signedRate), OSCParameter("HeartRate", .signedRate),
                OSCParameter("HeartRateFloat01", .rateOf(maximum: 255)),
                OSCParameter("HeartRate2", .rateOf(maximum: 255)), OSCParameter("HeartBeatInt", .pulseNumber),
                OSCParameter("HeartBeatPulse", .pulse), OSCParameter("HeartBeatToggle", .toggle),
            ]
        case .hrtovrchat:
            [
                OSCParameter("HR", .rate), OSCParameter("HRPercent", .rateOf(maximum: 255)),
                OSCParameter("FullHRPercent", .signedRate), OSCParameter("onesHR", .digit(0)),
                OSCParameter("tensHR", .digit(1)), OSCParameter("hundredsHR", .digit(2)),
                OSCParameter("isHRConnected", .isLive), OSCParameter("isHRActive", .isLive),
                OSCParameter("isHRBeat", .pulse), OSCParameter("floatHR", .signedRate),
                OSCParameter("percentHR", .rateOf(maximum: 255)),
            ]
        case .vrcosc:
            [
                OSCParameter("VRCOSC/Heartrate/Connected", .isLive), OSCParameter("VRCOSC/Heartrate/Value", .rate),
                OSCParameter("VRCOSC/Heartrate/Normalised", .rateOf(maximum: 240)),
                OSCParameter("VRCOSC/Heartrate/Average", .averageRate),
                OSCParameter("VRCOSC/Heartrate/Beat", .toggle), OSCParameter("VRCOSC/Heartrate/Enabled", .isLive),
                OSCParameter("VRCOSC/Heartrate/Units", .digitTenth(0)),
                OSCParameter("VRCOSC/Heartrate/Tens", .digitTenth(1)),
                OSCParameter("VRCOSC/Heartrate/Hundreds", .digitTenth(2)),
            ]
        case .hrOSC:
            [
                OSCParameter("hr_connected", .isLive), OSCParameter("hr_percent", .rateOf(maximum: 200)),
                OSCParameter("hr_beat", .pulse), OSCParameter("hr_value", .rate), OSCParameter("hr_val", .rate),
            ]
        case .ironHeart:
            [
                OSCParameter("HR", .rate), OSCParameter("floatHR", .signedRate),
                OSCParameter("isHRConnected", .isLive), OSCParameter("isHRReconnecting", .never),
                OSCParameter("HeartBeatToggle", .toggle), OSCParameter("isHRBeat", .pulse),
                OSCParameter("HRBattery", .batteryPercent), OSCParameter("HRBatteryFloat", .batteryPart),
                OSCParameter("RRInterval", .interval), OSCParameter("HRTwitchUp", .isLonger),
                OSCParameter("HRTwitchDown", .isShorter), OSCParameter("HRActivity", .none),
            ]
        case .tayou:
            [
                OSCParameter("HR/Int", .rate), OSCParameter("HR/Float", .signedRate),
                OSCParameter("HR/HalfFloat", .rateOf(maximum: 255)), OSCParameter("HR/Beat", .pulseNumber),
                OSCParameter("HR/Pulse", .pulse), OSCParameter("HR/BeatToggle", .toggle),
                OSCParameter("HR/Connected", .isLive),
            ]
        case .hrv: [OSCParameter("HRV_RMSSD", .rmssd), OSCParameter("HRV_SDNN", .sdnn)]
        }
    }

    /// The parameters of several families. A name that several families have in common stands once.
    static func parameters(of families: [OSCFamily]) -> [OSCParameter] {
        var names: Set<String> = []
        return families.flatMap(\.parameters).filter { names.insert($0.name).inserted }
    }
}
