import FoundationEssentials
import TestKit
import Testing

@testable import UploaderConfiguration

@Suite struct ExampleConfigurationTests {
    private static let path = ProjectFolder.path("packaging/strapline.example.yaml")

    @Test func exampleFile_isValid() throws {
        let configuration = try ConfigurationFile.read(Self.path)
        #expect(configuration.straps.map(\.name) == ["chest"])
        #expect(configuration.straps[0].destinations.map(\.service.rawValue) == ["pulsoid", "cardiogram"])
    }

    @Test func exampleFile_namesEveryKey() throws {
        let text = try String(contentsOfFile: Self.path, encoding: .utf8)
        func expectKeys(of section: KeyTree) {
            for key in section.keys {
                #expect(text.contains("\(key):"), "the example does not explain `\(key)`")
                if let below = section.section(at: key) { expectKeys(of: below) }
            }
        }
        expectKeys(of: Configuration.keyTree)
    }
}
