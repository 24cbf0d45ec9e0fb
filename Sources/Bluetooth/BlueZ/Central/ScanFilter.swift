/// What a scan has to report. The filters of all programs on a machine are merged: whatever is asked for, everything may
/// come.
enum ScanFilter: Sendable, Equatable {
    /// Devices that advertise the Heart Rate service.
    case heartRateService
    /// Every LE device, for straps known by address or name: not all of them advertise the service.
    case everything
    /// The same, and each of their advertisements anew: so that the signal strength moves with the device, and that each
    /// broadcast is told (`DuplicateData`).
    case everyAdvertisement
}
