import BlueZ
import TextFormats
import UploaderConfiguration

/// The straps of the configuration.
enum StrapCheck {
    /// In dBm. Below it packets get lost, and links with them.
    static let weakSignal: Int16 = -85

    static func findings(_ survey: BluetoothSurvey) -> [Finding] {
        survey.straps.flatMap { sightings($0) + (changingAddress($0).map { [$0] } ?? []) }
    }

    private static func changingAddress(_ strap: BluetoothSurvey.Strap) -> Finding? {
        guard strap.hasPrivateAddress, case .address(let address) = strap.configuration.selector else { return nil }
        let name = strap.device?.name.map { ": `device_name: \(StrapEntry.quoted($0.printable()))`" } ?? ""
        return Finding(
            .strap, .warning,
            "\(strap.configuration.name): \(address) is a private address: it changes every 15 minutes or at "
                + "each start, and the strap is not found after that.",
            remedy: "put its `device_name` in place of `address` in the configuration\(name)")
    }

    private static func sightings(_ strap: BluetoothSurvey.Strap) -> [Finding] {
        let name = strap.configuration.name
        // A device may give itself any name.
        let device = strap.device.map { "\($0)".printable() } ?? words(for: strap.configuration)
        switch strap.sighting {
        case .connected where strap.configuration.mode == .broadcast: return [connectedBroadcaster(name, device)]
        case .connected: return [Finding(.strap, .ok, "\(name): \(device) is connected.")]
        case .heard(let signalStrength):
            let isBroadcast = strap.configuration.mode == .broadcast
            let sentence =
                "\(name): \(device) is heard, and \(isBroadcast ? "broadcasts" : "not connected at this moment")."
            let strength = signalStrength.map { [signal(name, $0)] } ?? []
            return [Finding(.strap, .ok, sentence)] + strength
        case .notHeard where strap.configuration.mode == .broadcast: return [noBroadcast(name, device)]
        case .notHeard: return [notHeard(name, device)]
        case .notLookedFor:
            return [Finding(.strap, .info, "\(name): \(device) was not looked for: no adapter for it could scan.")]
        }
    }

    private static func signal(_ name: String, _ signalStrength: Int16) -> Finding {
        guard signalStrength < weakSignal else {
            return Finding(.signal, .ok, "\(name): its signal has \(signalStrength) dBm.")
        }
        return Finding(
            .signal, .warning, "\(name): its signal is weak, \(signalStrength) dBm: links will be lost.",
            remedy:
                "bring the strap and the adapter nearer to each other; put a USB adapter on an extension cable, away "
                + "from USB 3 ports; renew the strap's battery")
    }

    private static func notHeard(_ name: String, _ device: String) -> Finding {
        let seconds = BluetoothSurveyor.scanLimit.components.seconds
        return Finding(
            .strap, .warning,
            "\(name): \(device) is not connected, and was not heard within \(seconds) s: it is off (most sleep until "
                + "they feel skin), out of range, or held by another listener, such as a phone app.",
            remedy:
                "put it on, moisten its electrodes, and close apps that may hold it; then: strapline scan"
        )
    }

    private static func connectedBroadcaster(_ name: String, _ device: String) -> Finding {
        Finding(
            .strap, .warning, "\(name): \(device) is connected to this machine, and may not broadcast now.",
            remedy: "end the connection, or take `mode: broadcast` away from \(name)")
    }

    private static func noBroadcast(_ name: String, _ device: String) -> Finding {
        let seconds = BluetoothSurveyor.scanLimit.components.seconds
        return Finding(
            .strap, .warning,
            "\(name): no broadcast of \(device) was heard within \(seconds) s: it is off (most sleep until they feel "
                + "skin), out of range, held by another listener, or does not broadcast.",
            remedy:
                "put it on, moisten its electrodes, and check that `strapline scan` shows `broadcast`; if it shows "
                + "only `yes`, remove `mode: broadcast` from \(name)"
        )
    }

    private static func words(for strap: StrapConfiguration) -> String {
        switch strap.selector {
        case .address(let address): "\(address)"
        case .name(let name): "\"\(name)\""
        case .first: "a device that \(strap.mode == .broadcast ? "broadcasts" : "offers") heart rate"
        }
    }
}
