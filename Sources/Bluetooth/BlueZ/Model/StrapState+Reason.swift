public import DBus
import HeartRate

extension StrapState {
    /// The reason for a phase. The description is a sentence for people, with the next step if there is one.
    public enum Reason: Sendable, Hashable {
        // A link has ended.

        /// The strap ended the link, went out of range, or is off. BlueZ before 5.80 does not say which.
        case linkLost
        /// Connected, but without a measurement for this time.
        case silent(Duration)
        /// No new broadcast came for this time.
        case unheard(Duration)
        /// The program is ending.
        case stopped

        // A connection has failed.

        /// `Connect` failed.
        case connectFailed(BusError)
        /// `Connect` did not answer in time.
        case connectTimedOut
        /// Another program is connecting to it.
        case connectingElsewhere
        /// The services were not read in time.
        case servicesNotResolved(Duration)
        /// The device has no Heart Rate Measurement.
        case noHeartRateService
        /// `StartNotify` failed.
        case subscribeFailed(BusError)
        /// `StartNotify` did not answer in time.
        case subscribeTimedOut(Duration)
        /// The link was lost before `StartNotify` answered. bluetoothd ends such a link after 30 s.
        case linkLostUnsubscribed
        /// Another program has exclusive notifications (`AcquireNotify`).
        case notificationsTaken(BusError)
        /// Another reason, over a link of another program. Such a link is never ended.
        indirect case anothersLink(StrapState.Reason, BluetoothAddress)
        /// bluetoothd has an outdated cache of the services. Emptying it would lose the bond.
        case servicesOutdated(BluetoothAddress, BusError?)

        // A bond.

        /// The strap refuses the bond.
        case bondRefused(BluetoothAddress)
        /// bluetoothd refused the agent for a new bond. Nil if it did not answer in time.
        case agentRefused(BusError?)
        /// `Pair` failed.
        case pairingRefused(BusError)

        // Measurements without a heart rate.

        /// Only empty or malformed values come.
        case onlyMalformed
        /// The device sends no heart rate, and another one is in range.
        case passedOver
        /// The strap has no skin contact.
        case noSkinContact
        /// The strap reports a rate of 0.
        case zeroBeatsPerMinute

        // Bluetooth does not work on this machine.

        /// There is no connection to the bus.
        case busUnreachable(String)
        /// The bus does not allow this user to talk to bluetoothd.
        case busAccessDenied(String)
        /// bluetoothd does not run.
        case bluetoothdMissing
        /// There is no adapter, or none with this address.
        case adapterMissing(BluetoothAddress?)
        /// The adapter of a link is gone, and another one takes over.
        case adapterGone
        /// The adapter is off, and may be blocked.
        case adapterOff(BluetoothAddress, RadioSwitch.Block?)
        /// The adapter is off, and bluetoothd refused to switch it on.
        case powerRefused(BluetoothAddress, BusError)

        // The search fails.

        /// bluetoothd refused the scan.
        case scanFailed(BusError)
        /// bluetoothd accepted the scan, but the adapter does not scan.
        case scanDoesNotBegin(BluetoothAddress)
        /// The scan ends by itself again and again.
        case scanEnds(BluetoothAddress)
        /// The fitting device serves another strap, with this name.
        case deviceTaken(BluetoothAddress, by: String)
        /// Another program is connected to the strap, whose broadcasts are wanted.
        case broadcasterConnected(BluetoothAddress)
        /// The address is private: its device will change it soon.
        case addressChanges(BluetoothAddress)
    }
}

extension StrapState.Reason: CustomStringConvertible {
    /// The message with advice in words that fit any program.
    public var description: String { message { "\($0)" } }

    /// A sentence for people, with the next step if there is one. `words` phrases the advice.
    public func message(_ words: (StrapAdvice) -> String) -> String {
        let fact = fact(words)
        return mayMeanUnpaired ? "\(fact); a strap that wants to be paired does this: \(words(.pair))" : fact
    }

    private static func advice(_ block: RadioSwitch.Block?) -> String {
        switch block {
        case nil: ": bluetoothctl power on"
        case .soft: ", blocked as in flight mode: rfkill unblock bluetooth"
        case .hard: ", blocked by a switch of the machine or its firmware: turn it on there"
        }
    }

    /// Whether a missing bond may be the reason. bluetoothd 5.66 does not report a missing bond. After an earlier
    /// subscription it does not resolve the services then, because it subscribes first.
    var mayMeanUnpaired: Bool {
        switch self {
        case .servicesNotResolved, .subscribeTimedOut, .linkLostUnsubscribed: true
        case .subscribeFailed(let error): error.mayMeanUnencrypted
        case .anothersLink(let reason, _): reason.mayMeanUnpaired
        default: false
        }
    }

    /// The message without the advice to pair, which does not help during pairing.
    func fact(_ words: (StrapAdvice) -> String) -> String {
        switch self {
        case .linkLost: "the link was lost"
        case .silent(let limit): "connected, but silent for \(limit.seconds)"
        case .unheard(let limit): "no new broadcast was heard for \(limit.seconds)"
        case .stopped: "stopped"
        case .connectFailed(let error): "connecting failed: \(error)"
        case .connectTimedOut: "the strap did not take the connection in time"
        case .connectingElsewhere: "another program is connecting to the strap, and has not come to an end yet"
        case .servicesNotResolved(let limit): "its services could not be read within \(limit.seconds)"
        case .noHeartRateService: "it has no Heart Rate Measurement (0x2A37)"
        case .subscribeFailed(let error): "subscribing failed: \(error)"
        case .linkLostUnsubscribed: "the link was lost before the subscription stood"
        case .subscribeTimedOut(let limit): "no subscription within \(limit.seconds)"
        case .notificationsTaken(let error):
            "another program has the notifications for itself (\(error)): stop it, or let it use StartNotify"
        case .anothersLink(let reason, let address):
            "\(reason.fact(words)); another program has made this link, which is left as it is: "
                + "bluetoothctl disconnect \(address) ends it"
        case .servicesOutdated(let address, let error):
            "bluetoothd remembers services that the strap does not have\(error.map { " (\($0))" } ?? ""); its bond "
                + "would be lost with that memory: \(words(.forgetAndPair(address)))"
        case .bondRefused(let address):
            "the strap refuses the bond again and again, as if it has lost it: \(words(.renewBond(address)))"
        case .agentRefused(let error): "bluetoothd takes no pairing agent\(error.map { " (\($0))" } ?? " in time")"
        case .pairingRefused(let error):
            "pairing failed without a dialogue (\(error)): \(words(.pair))"
        case .onlyMalformed: "it sends nothing but values that are no Heart Rate Measurement: is it a heart rate strap?"
        case .passedOver: "the device sends no heart rate, and another one is heard"
        case .noSkinContact: "no skin contact: moisten the electrodes, tighten the strap"
        case .zeroBeatsPerMinute: "the strap reports 0 beats per minute"
        case .busUnreachable(let why): "no D-Bus: sudo systemctl start dbus; containers need /run/dbus (\(why))"
        case .busAccessDenied(let why):
            "no permission to talk to bluetoothd (\(why)): add the user to the group bluetooth and log in again"
        case .bluetoothdMissing: "bluetoothd is not running: sudo systemctl start bluetooth"
        case .adapterMissing(nil): "no Bluetooth adapter: plug one in"
        case .adapterMissing(let address?): "no Bluetooth adapter \(address): bluetoothctl list shows the others"
        case .adapterGone: "its Bluetooth adapter is gone: another one takes over"
        case .adapterOff(let address, let block): "the Bluetooth adapter \(address) is off\(Self.advice(block))"
        case .powerRefused(let address, let error):
            "the Bluetooth adapter \(address) is off, and bluetoothd refused to switch it on (\(error)): "
                + "bluetoothctl power on; if that fails too: sudo systemctl restart bluetooth"
        case .scanFailed(let error): "scanning failed: \(error); no strap can be found. \(error.scanAdvice)"
        case .scanDoesNotBegin(let address):
            "scanning failed: bluetoothd took the request, but the Bluetooth adapter \(address) does not scan; no "
                + "strap can be found. Switch it off and on: bluetoothctl power off, then bluetoothctl power on"
        case .scanEnds(let address):
            "the scan on the Bluetooth adapter \(address) ends by itself again and again; a strap may not be found. "
                + "Another program may reset the adapter: journalctl -u bluetooth"
        case .deviceTaken(let address, let strap):
            "the device that fits, \(address), serves the strap \(strap) already: give each strap of the "
                + "configuration a device of its own"
        case .broadcasterConnected(let address):
            "another program is connected to \(address), and a connected strap may broadcast nothing: bluetoothctl "
                + "disconnect \(address) ends that link; or \(words(.stopReceivingBroadcasts))"
        case .addressChanges(let address):
            "\(address) is a private address: its device changes it every 15 minutes or at each start, and is not "
                + "found after that. \(words(.selectByName))"
        }
    }
}

extension StrapState.Reason {
    /// The reason for a measurement without a heart rate.
    static func ofNoHeartRate(_ measurement: HeartRateMeasurement) -> StrapState.Reason {
        measurement.contact == .notDetected ? .noSkinContact : .zeroBeatsPerMinute
    }

    /// For a device with a bond: the reason that advises to empty bluetoothd's cache of its services.
    func withAdviceForABond(of address: BluetoothAddress) -> StrapState.Reason {
        switch self {
        case .subscribeFailed(let error): .servicesOutdated(address, error)
        case .noHeartRateService: .servicesOutdated(address, nil)
        default: self
        }
    }
}

extension BusError {
    /// The advice for a refused scan.
    var scanAdvice: String {
        if isNoLowEnergy {
            return "The adapter or bluetoothd's configuration has no Low Energy: set ControllerMode = dual in "
                + "/etc/bluetooth/main.conf and restart bluetooth, or use an adapter with Bluetooth 4.0 or newer"
        }
        if isNotAuthorized { return "bluetoothd does not allow this user to scan: add the user to the group bluetooth" }
        return "Switch the adapter off and on: bluetoothctl power off, then bluetoothctl power on"
    }
}

extension Duration {
    /// `10 s`, or `1500 ms` for a fraction of a second.
    fileprivate var seconds: String {
        let (seconds, attoseconds) = components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        return milliseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + milliseconds) ms"
    }
}
