/// A workout as a FIT activity: one lap, one session, a record for each second with a heart rate, the RR intervals, and
/// pauses of the timer where beats or heart rates are missing.
///
/// No record holds 0xFF: Strava and TrainingPeaks show that as 255 bpm.
/// [Activity files](https://developer.garmin.com/fit/file-types/activity/)
package struct FITActivity: Sendable, Equatable {
    /// In the order of the file. Seconds are since the Unix epoch, and those of records ascend.
    package enum Event: Sendable, Equatable {
        /// 1 to 254 bpm.
        case record(seconds: Int64, heartRate: UInt8)
        /// In ms, after the record of their second: they have no time of their own.
        case intervals([UInt16])
        case timerStopped(seconds: Int64)
        case timerStarted(seconds: Int64)
    }

    package struct Device: Sendable, Equatable {
        package var manufacturer: String?
        package var product: String?
        package var serialNumber: String?
        package var firmware: String?

        package init(
            manufacturer: String? = nil, product: String? = nil, serialNumber: String? = nil, firmware: String? = nil
        ) {
            self.manufacturer = manufacturer
            self.product = product
            self.serialNumber = serialNumber
            self.firmware = firmware
        }
    }

    package var events: [Event]
    package var device: Device
    /// Between local wall time and UTC.
    package var localOffsetSeconds: Int
    /// Nil if unknown.
    package var kilocalories: UInt16?
    /// Of the writer: files of the same second differ by it; 0 for none.
    package var serialNumber: UInt32

    package init(
        events: [Event], device: Device = Device(), localOffsetSeconds: Int = 0, kilocalories: UInt16? = nil,
        serialNumber: UInt32 = 0
    ) {
        self.events = events
        self.device = device
        self.localOffsetSeconds = localOffsetSeconds
        self.kilocalories = kilocalories
        self.serialNumber = serialNumber
    }

    /// The bytes of the file; nil without a record, because services refuse such a file.
    package func encoded() -> [UInt8]? {
        FITActivityMessages(self).map { FITFile.encode($0.messages) }
    }
}
