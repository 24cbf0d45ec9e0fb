import DBus
import Datagrams
import Destinations
import OSC

/// `kind: osc`: the parameters of avatars in VRChat and its like, over Open Sound Control.
struct OSCKind: OutputKind {
    let name = "osc"
    let title = "OSC"
    let options = OSCSettings.options

    func summary(of settings: OutputSettings) -> String {
        guard let own = try? OSCSettings(settings.options) else { return "OSC parameters" }
        let families =
            own.families == OSCFamily.allCases ? "" : " of \(own.families.map(\.rawValue).joined(separator: ", "))"
        let targets = own.targets.map(\.description) + (own.findsVRChat ? ["VRChat in this network"] : [])
        return "OSC parameters\(families)\(own.hasChatbox ? " and the chatbox" : "") to "
            + targets.joined(separator: ", ")
    }

    func furtherMistake(in values: OptionValues, showsSeveral: Bool) -> OptionMistake? {
        do throws(OSCSettings.Problem) {
            let own = try OSCSettings(values)
            guard showsSeveral, !own.namesStrap else { return nil }
            return OptionMistake(
                key: values.text(OSCSettings.prefix) == nil ? nil : OSCSettings.prefix,
                message: "several straps would write the same OSC parameters: name one `strap`, or put {strap} into "
                    + "the `prefix`, like \(OSCSettings.standardPrefix){strap}/")
        } catch {
            return OptionMistake(key: error.key, message: error.message)
        }
    }

    func places(of values: OptionValues, straps: [String]) -> [String] {
        guard let own = try? OSCSettings(values) else { return [] }
        let names = OSCFamily.parameters(of: own.families).map(\.name)
        let addresses =
            straps.flatMap { strap in names.map { own.prefix(ofStrap: strap) + $0 } }
            + (own.hasChatbox ? [OSCChatbox.address] : [])
        return own.targets.flatMap { target in addresses.map { "\($0) at \(target)" } }
    }

    func warnings(about settings: OutputSettings) -> [String] {
        guard let own = try? OSCSettings(settings.options) else { return [] }
        let remote = own.targets.filter { !$0.isLoopback }.map(\.description)
        guard !remote.isEmpty else { return [] }
        return [
            "OSC has no encryption: programs in the network can read the heart rate on its way to "
                + "\(remote.joined(separator: ", "))"
        ]
    }

    func output(_ settings: OutputSettings, _ context: OutputContext) throws -> any Output {
        OSCOutput(settings: try OSCSettings(settings.options), context: context)
    }

    func probe(_ settings: OutputSettings, _ context: OutputContext) async -> OutputProbeAnswer {
        guard let own = try? OSCSettings(settings.options) else { return .broken("its options are wrong", remedy: nil) }
        for target in own.targets {
            if let answer = await OSCProbe.problem(with: target, context) { return answer }
        }
        if own.findsVRChat, let problem = await VRChatFinder.problem(context) {
            return .uncertain(
                "values are sent to \(Self.list(own.targets)), but VRChat is not searched for: \(problem)",
                remedy: "Install avahi-daemon and start it, or remove `find`.")
        }
        return .works("values are sent to \(Self.list(own.targets)); with UDP, nothing confirms their arrival")
    }

    private static func list(_ targets: [DatagramAddress]) -> String {
        targets.map(\.description).joined(separator: ", ")
    }
}

/// Examines whether a target can get datagrams, as far as this machine can see.
enum OSCProbe {
    /// No program has a parameter of this name.
    private static let message = OSCMessage("/strapline/probe")
    /// The answer of a machine in the same network takes milliseconds.
    private static let wait: Duration = .milliseconds(300)

    static func problem(with target: DatagramAddress, _ context: OutputContext) async -> OutputProbeAnswer? {
        let sender = DatagramSender(to: target, clock: context.clock, time: context.time)
        await sender.lookUp()
        await sender.send([message.bytes])
        // A closed port is reported to the next datagram.
        try? await context.clock.sleep(for: wait)
        guard case .failed(let reason) = await sender.send([message.bytes]) else { return nil }
        return .broken(
            reason, remedy: "Start VRChat there with OSC on (Action Menu, Options, OSC), or correct `targets`.")
    }
}

extension DatagramAddress {
    /// Whether the receiver is on this machine.
    fileprivate var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
