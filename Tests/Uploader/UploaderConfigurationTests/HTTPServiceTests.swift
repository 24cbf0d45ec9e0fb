import Destinations
import FoundationEssentials
import TestKit
import Testing

@testable import UploaderConfiguration

/// `service: http` in a configuration.
@Suite struct HTTPServiceTests {
    private let folder = TemporaryDirectory()

    private func configuration(_ lines: [String]) throws -> Configuration {
        let head = ["straps:", "  - name: chest", "    device_name: H10", "    destinations:", "      - service: http"]
        let text = (head + lines.map { "        " + $0 }).joined(separator: "\n") + "\n"
        return try ConfigurationFile.parse(text, path: "f.yaml")
    }

    @Test func plan_withAnAddressAlone_needsNoToken_andShowsNoQuery() throws {
        let plan = try UploadPlan(configuration(["address: http://example.net/heart/?key=k"]))
        #expect(plan.targets[0].token == nil && plan.targets[0].settings.device == nil)
        #expect(plan.encryptionWarnings.isEmpty)
        let description = PlanDescription(plan)
        #expect(description.lines.contains("  to http: http://example.net/heart, each reading as JSON"))
        #expect(!description.problems.contains { $0.contains("chest -> http") })
    }

    @Test func plan_withATemplateThatNamesTheDevice_hasIt() throws {
        let body = "body: '[{heart_rate}, {device}]'"
        let plan = try UploadPlan(configuration(["address: http://example.net/heart", body]))
        #expect(plan.targets[0].settings.device == "H10")
    }

    @Test func plan_withASecretInAHeader_warnsOfItsWayAndItsFile() throws {
        let path = folder.file("headers")
        let plan = try UploadPlan(configuration(["address: http://example.net/heart", "headers_file: \(path)"]))
        #expect(plan.encryptionWarnings.count == 1)
        #expect(
            PlanDescription(plan).problems.contains { $0.hasPrefix("chest -> http: The headers file \(path) cannot") })
        try Data("X-API-Key: k".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(PlanDescription(plan).problems.contains { $0.hasSuffix("run chmod 600 \(path)") })
    }

    @Test(
        arguments: [
            ([], "f.yaml:5: `http` needs an `address`"),
            (["address: example.net/heart"], "f.yaml:6: The address \"example.net/heart\" begins with neither"),
            (["address: https://a", "body: '{'"], "f.yaml:7: `body` is not JSON"),
            (["address: https://a", "body: '[{rate}]'"], "f.yaml:7: `body` has the unknown placeholder {rate}"),
            (["address: https://a", "batch_readings: 0"], "f.yaml:7: `batch_readings` must be from 1 to 5000"),
            (["address: https://a", "user_id: x"], "f.yaml:7: `user_id` is not an option of HTTP"),
            (["address: https://a", "boby: x"], "f.yaml:7: unknown key `boby`. Did you mean `body`?"),
            (
                ["address: https://a", "token_file: /t", "token_environment: T"],
                "f.yaml:5: `http` needs one of token_file, token_environment, token_credential"
            ),
        ] as [([String], String)])
    func parse_withAMistake_namesItsLine(lines: [String], message: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(lines)
        }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }
}
