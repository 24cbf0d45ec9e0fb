import BlueZ

/// The adapters: whether there is one that can serve the straps.
struct AdapterCheck {
    let survey: BluetoothSurvey
    let machine: MachineFacts
    /// The adapters that the configuration names.
    let configured: Set<BluetoothAddress>

    var findings: [Finding] {
        if survey.adapters.isEmpty { return [noAdapter] }
        return missing + survey.adapters.flatMap { findings(about: $0) }
    }

    /// Whether a strap could be connected at this moment.
    var hasUsableAdapter: Bool { survey.adapters.contains(where: isUsable) }

    private var noAdapter: Finding {
        if let name = machine.controllers.first?.name {
            return Finding(
                .adapter, .problem, "The kernel has the adapter \(name), but bluetoothd does not serve it.",
                remedy: "sudo systemctl restart bluetooth; journalctl -u bluetooth shows more")
        }
        return Finding(
            .adapter, .problem, "There is no Bluetooth adapter.",
            remedy: "plug one in; a Raspberry Pi's own is off while config.txt holds dtoverlay=disable-bt. "
                + "sudo dmesg | grep -i bluetooth shows missing firmware")
    }

    private var missing: [Finding] {
        configured.subtracting(survey.adapters.map(\.address)).sorted { $0.description < $1.description }.map {
            address in
            let present = survey.adapters.map { "\($0.address)" }.joined(separator: ", ")
            return Finding(
                .adapter, .problem, "The adapter \(address) of the configuration is not there; there is: \(present).",
                remedy: "plug it in, or correct `adapter` in the configuration")
        }
    }

    private func findings(about adapter: BluetoothSurvey.Adapter) -> [Finding] {
        // The state of an unused adapter does not matter.
        let level: Finding.Level =
            configured.contains(adapter.address) || !hasUsableAdapter ? .problem : .info
        var findings: [Finding] = []
        if hasLowEnergy(adapter) == false {
            findings.append(
                Finding(
                    .lowEnergy, level, "\(adapter.title) has no Bluetooth Low Energy, which all straps speak.",
                    remedy: "use an adapter with Bluetooth 4.0 or newer"))
        }
        if !adapter.isPowered {
            findings.append(Finding(.power, level, "\(adapter.title) is off.", remedy: remedy(poweringOn: adapter)))
        }
        if let failure = adapter.scanFailure {
            findings.append(
                Finding(
                    .adapter, .problem,
                    "\(adapter.title) cannot scan, so no strap is found with it: \(failure.answer).",
                    remedy: failure.advice))
        }
        if findings.isEmpty {
            let lowEnergy = hasLowEnergy(adapter) == true ? "has Bluetooth Low Energy and " : "has "
            let links = "\(adapter.linkCount) link\(adapter.linkCount == 1 ? "" : "s")"
            findings.append(Finding(.adapter, .ok, "\(adapter.title) is on, \(lowEnergy)\(links)."))
        }
        return findings + links(of: adapter)
    }

    private func remedy(poweringOn adapter: BluetoothSurvey.Adapter) -> String {
        if isBlocked(adapter) { return "unblock it first, see rfkill" }
        if survey.adapters.count == 1 { return "bluetoothctl power on" }
        // bluetoothctl forgets its selection when it ends.
        return "busctl set-property org.bluez /org/bluez/\(adapter.name) org.bluez.Adapter1 Powered b true"
    }

    /// Controllers hold so many links: the small ones of boards 3, most some 7, good ones 10 and more.
    private func links(of adapter: BluetoothSurvey.Adapter) -> [Finding] {
        guard adapter.linkCount >= 3 else { return [] }
        let isStrapMissing = survey.straps.contains { strap in
            strap.sighting != .connected && strap.configuration.adapter.map { $0 == adapter.address } ?? true
        }
        return [
            Finding(
                .links, isStrapMissing || adapter.linkCount >= 10 ? .warning : .info,
                "\(adapter.title) holds \(adapter.linkCount) links; some controllers hold only 3, few more than 10.",
                remedy: "if a strap does not connect, disconnect other devices (bluetoothctl devices Connected), or "
                    + "add a USB adapter")
        ]
    }

    private func isUsable(_ adapter: BluetoothSurvey.Adapter) -> Bool {
        adapter.isPowered && hasLowEnergy(adapter) != false
    }

    private func hasLowEnergy(_ adapter: BluetoothSurvey.Adapter) -> Bool? {
        machine.controller(adapter.name)?.offersLowEnergy
    }

    /// By a switch of its own, or by one of the whole machine.
    private func isBlocked(_ adapter: BluetoothSurvey.Adapter) -> Bool {
        machine.radioSwitches.contains { radio in
            radio.block != nil && (radio.name == adapter.name || machine.controller(radio.name) == nil)
        }
    }
}

extension BluetoothSurvey.Adapter {
    /// `The adapter hci0 (00:1A:7D:DA:71:13)`
    fileprivate var title: String { "The adapter \(name) (\(address))" }
}
