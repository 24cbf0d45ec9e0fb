import OSC

/// A parameter of an avatar: its name below the prefix, and the formula of its value.
struct OSCParameter: Hashable, Sendable {
    /// How a value follows from the heart. The type is part of it: a value of another type is not understood.
    enum Formula: Hashable, Sendable {
        /// Beats a minute, at most 255: an avatar's whole numbers have 8 bits.
        case rate
        /// The mean rate of the last 10 s.
        case averageRate
        /// 0…255 as −1…1. No heart rate is −1.
        case signedRate
        /// The rate as a part of this maximum, 0…1.
        case rateOf(maximum: Float)
        /// A digit of the rate: 0 for the last one, 2 for the hundreds.
        case digit(Int)
        /// A digit as a tenth of its value.
        case digitTenth(Int)
        /// Whether there is a heart rate.
        case isLive
        /// True from a beat on, for some tenths of a second.
        case pulse
        /// 1 instead of true.
        case pulseNumber
        /// Another value with each beat.
        case toggle
        case batteryPercent
        case batteryPart
        /// The newest RR interval in milliseconds, which only programs on this machine get unharmed.
        case interval
        /// Whether the newest RR interval is clearly longer than the one before.
        case isLonger
        case isShorter
        /// Heart rate variability of the last minute in milliseconds. Not sent without a value, because 0 is one.
        case rmssd
        case sdnn
        /// Whether another program pretends a heart rate: never here.
        case never
        /// A choice of the user of another program: none here.
        case none
    }

    let name: String
    let formula: Formula

    init(_ name: String, _ formula: Formula) {
        self.name = name
        self.formula = formula
    }

    /// Whether the value changes with a beat.
    var isBeat: Bool {
        switch formula {
        case .pulse, .pulseNumber, .toggle: true
        default: false
        }
    }

    /// Nil where there is none yet.
    func value(_ heart: OSCHeart) -> OSCArgument? {
        switch formula {
        case .rmssd: heart.rmssd.map { .float32(Float($0)) }
        case .sdnn: heart.sdnn.map { .float32(Float($0)) }
        default: knownValue(heart)
        }
    }

    /// The value that says that there is none any more.
    var end: OSCArgument {
        switch formula {
        case .rmssd, .sdnn: .float32(0)
        default: knownValue(OSCHeart())
        }
    }

    private func knownValue(_ heart: OSCHeart) -> OSCArgument {
        switch formula {
        case .rate: .int32(Int32(heart.rate))
        case .averageRate: .int32(Int32(heart.averageRate))
        case .signedRate: .float32(min(max(Float(heart.rate) / 127 - 1, -1), 1))
        case .rateOf(let maximum): .float32(min(Float(heart.rate) / maximum, 1))
        case .digit(let place): .int32(Int32(heart.digit(place)))
        case .digitTenth(let place): .float32(Float(heart.digit(place)) / 10)
        case .isLive: .boolean(heart.isLive)
        case .pulse: .boolean(heart.isPulse)
        case .pulseNumber: .int32(heart.isPulse ? 1 : 0)
        case .toggle: .boolean(heart.toggle)
        case .batteryPercent: .int32(Int32(heart.batteryPercent))
        case .batteryPart: .float32(Float(heart.batteryPercent) / 100)
        case .interval: .int32(Int32(heart.intervalMilliseconds))
        case .isLonger: .boolean(heart.intervalChange > OSCHeart.clearChangeMilliseconds)
        case .isShorter: .boolean(heart.intervalChange < -OSCHeart.clearChangeMilliseconds)
        case .never: .boolean(false)
        case .none, .rmssd, .sdnn: .int32(0)
        }
    }
}
