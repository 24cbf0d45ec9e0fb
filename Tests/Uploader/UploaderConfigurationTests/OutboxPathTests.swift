import FoundationEssentials
import TestKit
import Testing

@testable import UploaderConfiguration

@Suite struct OutboxPathTests {
    private let folder = TemporaryDirectory()

    private func configuration(_ outbox: String = "") throws -> Configuration {
        let yaml =
            "straps:\n  - name: anna\n    destinations:\n      - service: pulsoid\n        token_file: t\n" + outbox
        return try ConfigurationFile.parse(yaml, path: "f.yaml")
    }

    /// The packaged service's, below this folder.
    private func service() throws -> ServiceLayout {
        for name in ["etc/tokens", "state"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
        }
        return ServiceLayout(configuration: folder.file("etc/strapline.yaml"), stateFolder: folder.file("state"))
    }

    @Test func outbox_ofTheService_isItsOwn_alsoWhenTheServiceIsStopped() throws {
        let path = OutboxPath(try configuration(), at: try service(), environment: ["HOME": "/root"])
        #expect(path.path == folder.file("state/outbox.sqlite") && !path.isNamed)
        // A configuration with a mistake changes nothing about the place.
        #expect(OutboxPath(at: try service(), environment: ["HOME": "/root"]) == path)
    }

    @Test func outbox_thatTheConfigurationNames_isThat() throws {
        let named = try configuration("outbox: { path: /srv/o.sqlite }\n")
        #expect(OutboxPath(named, at: try service()) == OutboxPath(named, at: nil))
        #expect(OutboxPath(named, at: nil).path == "/srv/o.sqlite" && OutboxPath(named, at: nil).isNamed)
    }

    @Test func outbox_withoutAService_isTheUsers() throws {
        let path = OutboxPath(try configuration(), at: nil, environment: ["HOME": "/home/anna"])
        #expect(path.path == "/home/anna/.local/state/strapline/outbox.sqlite")
    }
}
