import Destinations
import Testing

@testable import UploaderConfiguration

/// `service: influxdb` in a configuration.
@Suite struct InfluxServiceTests {
    private func configuration(_ lines: [String]) throws -> Configuration {
        let head = [
            "straps:", "  - name: chest", "    device_name: H10", "    destinations:", "      - service: influxdb",
        ]
        let text = (head + lines.map { "        " + $0 }).joined(separator: "\n") + "\n"
        return try ConfigurationFile.parse(text, path: "f.yaml")
    }

    @Test func plan_ofADatabase_needsNoToken_andHasTheDevice() throws {
        let plan = try UploadPlan(configuration(["address: http://127.0.0.1:8086", "database: health"]))
        #expect(plan.targets[0].token == nil && plan.targets[0].settings.device == "H10")
        #expect(plan.encryptionWarnings.isEmpty)
        #expect(
            PlanDescription(plan).lines.contains(
                "  to influxdb: http://127.0.0.1:8086, points in the database health, up to 5000 in a request"))
    }

    @Test(arguments: ["http://192.168.1.10:8086", "http://influx.example.net"])
    func plan_beyondThisMachine_warns_withAndWithoutAToken(address: String) throws {
        for token in [[], ["token_file: /t"]] {
            let plan = try UploadPlan(configuration(["address: \(address)", "org: o", "bucket: b"] + token))
            #expect(plan.encryptionWarnings.count == 1)
            #expect(plan.encryptionWarnings[0].contains("the token") == !token.isEmpty)
        }
    }

    @Test(
        arguments: [
            (["database: d"], "f.yaml:5: `influxdb` needs an `address`"),
            (["address: https://a"], "f.yaml:5: InfluxDB needs a `database`"),
            (["address: https://a", "bucket: b"], "f.yaml:7: `bucket` needs an `org`"),
            (["address: https://a", "database: d", "bucket: b"], "f.yaml:8: give a `database`, or an `org`"),
            (["address: https://a", "databse: d"], "f.yaml:7: unknown key `databse`. Did you mean `database`?"),
            (["address: https://a", "database: d", "measurement: '#x'"], "f.yaml:8: `measurement` must be a name"),
            (["address: https://a?db=d", "database: d"], "f.yaml:6: The address \"https://a?db=d\""),
        ] as [([String], String)])
    func parse_withAMistake_namesItsLine(lines: [String], message: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(lines)
        }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }
}
