package import BlueZ

extension StrapAdvice {
    /// The advice as a command or an option of this program.
    @Sendable package static func command(_ advice: StrapAdvice) -> String {
        switch advice {
        case .pair: "strapline pair"
        case .forgetAndPair(let address): "strapline forget \(address), then strapline pair \(address)"
        case .renewBond(let address):
            "strapline forget \(address), then strapline pair \(address). With renew_bond in the configuration the "
                + "uploader does both"
        case .forget(let address?): "strapline forget \(address)"
        case .forget(nil): "`strapline forget` it"
        case .pairAlways: "with --pair"
        case .listDevices: "`strapline scan --all` shows the known devices"
        case .connect: "start `strapline run`"
        case .selectByName: "Put its `device_name` in place of `address`; strapline scan shows it"
        case .stopReceivingBroadcasts: "remove `mode: broadcast`"
        }
    }
}
