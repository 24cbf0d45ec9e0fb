import Testing

@testable import UploaderConfiguration

/// Outputs that would fight for one set of parameters, or for one file.
@Suite struct OSCConfigurationTests {
    private static let straps = """
        straps:
          - { name: anna, address: "C4:11:22:33:44:55", destinations: [{ service: pulsoid, token_file: /a }] }
          - { name: ben, address: "C4:11:22:33:44:66", destinations: [{ service: pulsoid, token_file: /b }] }

        """

    private func mistakes(_ outputs: String) -> [String] {
        do {
            _ = try ConfigurationFile.parse(Self.straps + outputs, path: "f.yaml", home: "/home/anna")
            return []
        } catch {
            return error.sentences
        }
    }

    @Test func outputs_ofTwoStrapsWithOneSetOfParameters_areAMistake() {
        #expect(
            mistakes("outputs:\n  - kind: osc\n") == [
                "f.yaml:5: several straps would write the same OSC parameters: name one `strap`, or put {strap} into "
                    + "the `prefix`, like /avatar/parameters/{strap}/"
            ])
        #expect(
            mistakes("outputs:\n  - { kind: osc, strap: anna }\n  - { kind: osc, name: second, strap: ben }\n") == [
                "f.yaml:6: `osc` and `second` would both write /avatar/parameters/Heartrate at 127.0.0.1:9000: change "
                    + "one of them"
            ])
        #expect(
            mistakes(
                "outputs:\n  - { kind: osc, strap: anna, families: [vrcosc], chatbox: '{bpm}' }\n"
                    + "  - { kind: osc, name: second, strap: anna, families: [hr-osc], chatbox: '{bpm}' }\n") == [
                    "f.yaml:6: `osc` and `second` would both write /chatbox/input at 127.0.0.1:9000: change one of them"
                ])
    }

    @Test(arguments: [
        "  - { kind: osc, strap: anna }\n  - { kind: osc, name: second, strap: ben, targets: [\"127.0.0.1:9001\"] }\n",
        "  - { kind: osc, strap: anna, families: vrcosc }\n  - { kind: osc, name: b, strap: anna, families: tayou }\n",
        "  - { kind: osc, prefix: \"/avatar/parameters/{strap}/\" }\n  - { kind: osc, name: second, strap: ben }\n",
        "  - { kind: osc, strap: anna, targets: 192.168.1.20 }\n",
    ])
    func outputs_thatShareNothing_areAccepted(_ outputs: String) {
        #expect(mistakes("outputs:\n" + outputs) == [])
    }

    @Test func outputs_ofTwoFilesWithOnePath_areAMistake() {
        #expect(
            mistakes(
                "outputs:\n  - { kind: file, strap: anna, path: /tmp/a.txt }\n"
                    + "  - { kind: file, name: second, strap: ben, path: /tmp/a.txt }\n") == [
                    "f.yaml:6: `file` and `second` would both write /tmp/a.txt: change one of them"
                ])
    }
}
