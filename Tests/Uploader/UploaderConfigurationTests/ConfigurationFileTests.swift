import BlueZ
import Delivery
import Destinations
import Testing

@testable import UploaderConfiguration

@Suite struct ConfigurationFileTests {
    private static let services = DestinationKinds.all.map(\.name).joined(separator: ", ")

    @Test func parse_ofSmallestFile_leavesTheRestToDefaults() throws {
        let configuration = try ConfigurationFile.parse(Self.smallest, path: "f.yaml")
        #expect(configuration.straps[0].destinations[0].laneName == "pulsoid")
        #expect(configuration.outbox == nil)
    }

    @Test(arguments: [
        (smallest, false), (smallest.replacing("destinations", with: "renew_bond: true\n    destinations"), true),
    ])
    func plan_whenBondMayBeRenewed_saysSo(yaml: String, renewsBond: Bool) throws {
        let plan = try UploadPlan(try ConfigurationFile.parse(yaml, path: "f.yaml"))
        #expect(plan.straps[0].renewsBond == renewsBond)
        #expect(PlanDescription(plan).lines.contains { $0.contains("pairs again by itself") } == renewsBond)
    }

    @Test func plan_ofADestination_hasItsOrderAndAge_andSaysSo() throws {
        let plain = try UploadPlan(try ConfigurationFile.parse(Self.smallest, path: "f.yaml"))
        #expect(plain.targets[0].backlog == BacklogPolicy())
        let yaml = Self.smallest + "      order: newest-first\n      max_age_seconds: 90\n"
        let plan = try UploadPlan(try ConfigurationFile.parse(yaml, path: "f.yaml"))
        #expect(plan.targets[0].backlog == BacklogPolicy(order: .newestFirst, maximumAge: .seconds(90)))
        let lines = PlanDescription(plan).lines
        #expect(lines.contains("    after an outage the newest reading first, the backlog beside it"))
        #expect(lines.contains("    no reading that is older than 90 s when its turn comes"))
    }

    @Test(arguments: [
        (smallest.replacing("straps", with: "strap"), "f.yaml:1: unknown key `strap`. Did you mean `straps`?"),
        (smallest + "outbox:\n  pat: x\n", "f.yaml:7: unknown key `pat`. Did you mean `path`?"),
        (
            smallest.replacing("token_file", with: "tokenfile"),
            "f.yaml:5: unknown key `tokenfile`. Did you mean `token_file`?"
        ),
        ("", "f.yaml: is empty: it needs at least `straps`"),
        ("straps: [", "f.yaml:1: opens a bracket that nothing closes, or lacks a comma"),
        ("outbox: {}", "f.yaml:1: the file needs a `straps`"),
        ("straps: []", "f.yaml:1: `straps` is empty: name at least one"),
        ("straps: 7", "f.yaml:1: `straps` must be a list"),
        (
            smallest.replacing("pulsoid", with: "pulsoids"),
            "f.yaml:4: `service`: `pulsoids` is not one of: \(services)"
        ),
        (smallest + "clock:\n  wait_seconds: soon\n", "f.yaml:7: `wait_seconds` must be a whole number"),
        (smallest + "clock:\n  wait_seconds: -1\n", "f.yaml:7: `wait_seconds` must not be below 0"),
        (
            smallest + "outbox:\n  retention_days: .nan\n",
            "f.yaml:7: `retention_days` must be above 0 and at most 36500"
        ),
        (
            smallest + "outbox:\n  retention_days: 1e300\n",
            "f.yaml:7: `retention_days` must be above 0 and at most 36500"
        ),
        (
            smallest + "services:\n  pulsoid:\n    requests_per_second: 1e-320\n",
            "f.yaml:8: `requests_per_second` must be from 0.001 to 1000000, or 0 for no limit"
        ),
        (
            smallest + "outbox:\n  durability: none\n",
            "f.yaml:7: `durability`: `none` is not one of: power-loss, process-crash"
        ),
        (
            smallest.replacing("destinations", with: "mode: listen\n    destinations"),
            "f.yaml:3: `mode`: `listen` is not one of: connect, broadcast"
        ),
        (
            smallest.replacing("destinations", with: "renew_bond: maybe\n    destinations"),
            "f.yaml:3: `renew_bond` must be true or false"
        ),
        (
            smallest + "bluetooth:\n  adapter: hci0\n",
            "f.yaml:7: `hci0` is not the address of an adapter: `bluetoothctl list` shows them "
                + "(hci0 and the like change)"
        ),
        (
            smallest.replacing("destinations", with: "address: 12:34\n    destinations"),
            "f.yaml:3: `12:34` is not a Bluetooth address like C4:11:22:33:44:55"
        ),
        (
            smallest.replacing("destinations", with: "address: C4:11:22:33:44:55\n    destinations")
                + "  - name: arm\n    address: c4-11-22-33-44-55\n    destinations:\n"
                + "    - service: pulsoid\n      token_file: u\n",
            "f.yaml:8: `chest` and `arm` have the same address C4:11:22:33:44:55. Give each strap a device "
                + "of its own, and one strap all its destinations"
        ),
        (
            smallest.replacing("destinations", with: "device_name: HR\n    destinations")
                + "  - name: arm\n    device_name: HR\n    mode: broadcast\n    destinations:\n"
                + "    - service: pulsoid\n      token_file: u\n",
            "f.yaml:8: `chest` and `arm` have the same device_name `HR`. Of two devices with one name, name "
                + "at least one by its `address`"
        ),
        (
            smallest.replacing("      token_file: t\n", with: ""),
            "f.yaml:4: `pulsoid` needs one of token_file, token_environment, token_credential"
        ),
        (
            smallest + "      order: newest\n",
            "f.yaml:6: `order`: `newest` is not one of: in-order, newest-first"
        ),
        (
            smallest + "      max_age_seconds: 0\n",
            "f.yaml:6: `max_age_seconds` must be from 1 to 31536000 (a year); else each reading is sent"
        ),
        (
            smallest.replacing("pulsoid", with: "cardiogram"),
            "f.yaml:4: Cardiogram needs the `user_id`"
        ),
        (
            smallest + "    - service: pulsoid\n      token_file: u\n",
            "f.yaml:6: two destinations of one strap are named `pulsoid`: give one another `name`"
        ),
    ])
    func parse_ofMistake_saysWhereAndWhatToDo(yaml: String, message: String) {
        #expect { try ConfigurationFile.parse(yaml, path: "f.yaml") } throws: {
            #expect("\($0)" == message)
            return $0 is ConfigurationError
        }
    }

    @Test func read_ofMissingFile_saysSo() {
        #expect { try ConfigurationFile.read("/nonexistent/f.yaml") } throws: {
            "\($0)".hasPrefix("/nonexistent/f.yaml: cannot be read.")
        }
    }

    private static let smallest = """
        straps:
          - name: chest
            destinations:
            - service: pulsoid
              token_file: t

        """
}
