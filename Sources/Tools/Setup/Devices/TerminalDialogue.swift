package import BlueZ
package import Console
import HeartRate

/// The questions and messages of pairing.
package struct TerminalDialogue: PairingDialogue {
    let terminal: any Terminal

    let names: ConfiguredNames

    package init(terminal: any Terminal, names: ConfiguredNames = .none) {
        self.terminal = terminal
        self.names = names
    }

    package var isInteractive: Bool { terminal.isInteractive }

    package func choose(among devices: [NearbyDevice]) async -> PairingChoice {
        let devices = devices.byStrength
        for (index, line) in DeviceTable.lines(of: devices, names: names).enumerated() {
            await terminal.print((index == 0 ? "" : "\(index)").padded(to: 4) + line)
        }
        while true {
            await terminal.write("Which one? Its number, or Enter to look again: ")
            guard let answer = await terminal.readLine()?.filter({ $0 != " " }) else {
                await terminal.write("\n")
                return .giveUp
            }
            if answer.isEmpty { return .lookAgain }
            if let number = Int(answer), devices.indices.contains(number - 1) {
                return .device(devices[number - 1].address)
            }
            await terminal.print("Type a number from 1 to \(devices.count), or press Enter. Ctrl-C stops.")
        }
    }

    package func answer(_ question: AgentQuestion) async -> String? {
        await terminal.write(Self.words(for: question))
        guard let answer = await terminal.readLine(), !answer.isEmpty else { return nil }
        guard case .confirmation = question else { return answer }
        return ["y", "yes"].contains(answer.lowercased()) ? answer : nil
    }

    package func show(_ progress: PairingProgress) async {
        await terminal.print(Self.words(for: progress))
    }

    private static func words(for question: AgentQuestion) -> String {
        switch question {
        case .passkey: "The number of six digits that the strap shows or has printed on it (Enter gives up): "
        case .pinCode: "The strap's PIN code (Enter gives up): "
        case .confirmation(let passkey): "Does the strap show \(passkey)? [y/N] "
        }
    }

    private static func words(for progress: PairingProgress) -> String {
        switch progress {
        case .searching: "Looking for the strap. Put it on: most sleep until they feel skin."
        case .connecting(let device): "Connecting to \(device.title)."
        case .sharing(let device): "\(device.title) is connected already: listening beside the other program."
        case .pairing: "Pairing."
        case .paired: "Paired."
        case .trusted: "Marked as trusted."
        case .measured(let measurement):
            "♥ \(MeasurementFormatter(measurement: measurement, trailingByteCount: 0).sentence)"
        case .displayPasskey(let passkey): "Type \(passkey) on the strap."
        case .displayPinCode(let code): "Type \(code) on the strap."
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
