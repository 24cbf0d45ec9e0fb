import DBus

/// The `org.bluez.Agent1` that bluetoothd calls during pairing
/// ([API](https://git.kernel.org/pub/scm/bluetooth/bluez.git/tree/doc/agent-api.txt?h=5.66)).
///
/// It answers for one device only. As the default agent of the machine it also gets questions about other devices, and
/// rejects them. Without a dialogue it accepts requests that need no answer and rejects the others.
struct PairingAgent: Sendable {
    static let path: ObjectPath = "/org/strapline/agent"
    static let interfaceName = "org.bluez.Agent1"

    static let rejected = BusError(name: "org.bluez.Error.Rejected", message: "Rejected")
    static let canceled = BusError(name: "org.bluez.Error.Canceled", message: "Canceled")

    let device: ObjectPath
    let isInteractive: Bool
    let prompt: PairingPrompt
    let report: @Sendable (PairingProgress) async -> Void

    init(
        device: ObjectPath, isInteractive: Bool, prompt: PairingPrompt,
        report: @escaping @Sendable (PairingProgress) async -> Void
    ) {
        self.device = device
        self.isInteractive = isInteractive
        self.prompt = prompt
        self.report = report
    }

    /// An agent without a dialogue.
    init(speakingAloneFor device: ObjectPath) {
        self.init(device: device, isInteractive: false, prompt: PairingPrompt()) { _ in }
    }

    /// The display and keys of this machine, for bluetoothd.
    var capability: String { isInteractive ? "KeyboardDisplay" : "NoInputNoOutput" }

    var interface: ExportedInterface {
        ExportedInterface(
            Self.interfaceName,
            methods: [
                ExportedMethod("Release") { _ in [] },
                ExportedMethod("Cancel") { _ in
                    await prompt.cancel()
                    return []
                },
                method("RequestPinCode", input: "o", output: "s") { _ in
                    [.string(try await answer(.pinCode) { (1...16).contains($0.utf8.count) ? $0 : nil })]
                },
                method("RequestPasskey", input: "o", output: "u") { _ in
                    [.uint32(try await answer(.passkey, reading: Self.passkey))]
                },
                method("DisplayPinCode", input: "os") { arguments in
                    try await show(.displayPinCode(arguments[1].string ?? ""))
                },
                method("DisplayPasskey", input: "ouq") { arguments in
                    // bluetoothd repeats this with each digit that is typed on the strap. Once is enough.
                    guard arguments[2].integer == 0 else { return [] }
                    return try await show(.displayPasskey(Self.digits(arguments[1])))
                },
                method("RequestConfirmation", input: "ou") { arguments in
                    guard isInteractive else { return [] }
                    _ = try await answer(.confirmation(Self.digits(arguments[1]))) { $0 }
                    return []
                },
                // The user wants the pairing, or the configuration allows it.
                method("RequestAuthorization", input: "o") { _ in [] },
                method("AuthorizeService", input: "os") { _ in [] },
            ])
    }

    /// A method whose first argument is the device that it is about.
    private func method(
        _ name: String, input: Signature, output: Signature = "",
        _ handler: @escaping @Sendable ([BusValue]) async throws -> [BusValue]
    ) -> ExportedMethod {
        ExportedMethod(name, input: input, output: output) { call in
            guard call.arguments[0].objectPath == device else { throw Self.rejected }
            return try await handler(call.arguments)
        }
    }

    /// Asks until the answer can be read.
    private func answer<Answer>(_ question: AgentQuestion, reading: (String) -> Answer?) async throws -> Answer {
        guard isInteractive else { throw Self.rejected }
        while let text = await prompt.ask(question) {
            if let answer = reading(text) { return answer }
        }
        throw Self.canceled
    }

    private func show(_ progress: PairingProgress) async throws -> [BusValue] {
        guard isInteractive else { throw Self.rejected }
        await report(progress)
        return []
    }

    private static func passkey(_ text: String) -> UInt32? {
        guard text.count <= 6, let number = UInt32(text) else { return nil }
        return number
    }

    /// A passkey as it is shown everywhere: six digits.
    private static func digits(_ value: BusValue) -> String {
        let text = String(value.integer ?? 0)
        return String(repeating: "0", count: max(0, 6 - text.count)) + text
    }
}
