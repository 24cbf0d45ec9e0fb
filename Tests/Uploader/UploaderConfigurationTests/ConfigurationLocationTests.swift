import Testing
import UploaderConfiguration

@Suite struct ConfigurationLocationTests {
    private static let own = "/home/anna/.config/strapline/strapline.yaml"
    private static let service = "/etc/strapline/strapline.yaml"

    private func find(
        named: String? = nil, variable: String? = nil, isRoot: Bool = false, files: Set<String> = []
    ) throws -> ConfigurationLocation {
        var environment = ["HOME": "/home/anna"]
        environment["STRAPLINE_CONFIG"] = variable
        return try ConfigurationLocation.find(named: named, environment: environment, isRoot: isRoot) {
            files.contains($0) ? .readable : .missing
        }
    }

    @Test func file_isTakenFromTheCommandLine_elseTheEnvironment_elseFromWhereSetupPutsIt() throws {
        let files: Set = [Self.own, Self.service]
        #expect(try find(named: "a.yaml", variable: "b.yaml", files: files).path == "a.yaml")
        #expect(try find(variable: "b.yaml", files: files).path == "b.yaml")
        #expect(try find(variable: "", files: files).path == Self.own)
        #expect(try find(files: files).path == Self.own)
        #expect(try find(isRoot: true, files: files).path == Self.service)
        #expect(try find(isRoot: true, files: [Self.own]).path == Self.own)
        #expect(try find(files: [Self.service]).path == Self.service)
    }

    @Test func notice_namesTheFile_unlessTheCommandLineDoes() throws {
        #expect(try find(named: "a.yaml").notice == nil)
        #expect(try find(variable: "b.yaml").notice == "using b.yaml (STRAPLINE_CONFIG)")
        #expect(try find(files: [Self.own]).notice == "using \(Self.own)")
    }

    @Test func noFile_isAnsweredWithThePlaces_andTheCommandThatMakesOne() {
        let error = #expect(throws: NoConfiguration.self) { try find(isRoot: true) }
        let words = error?.description ?? ""
        #expect(words.contains(Self.own) && words.contains(Self.service), "\(words)")
        #expect(words.contains("strapline setup") && words.contains("STRAPLINE_CONFIG"))
    }

    @Test func fileThatThisUserMayNotRead_isNamed() {
        let error = #expect(throws: NoConfiguration.self) {
            try ConfigurationLocation.find(named: nil, environment: ["HOME": "/home/anna"], isRoot: false) {
                $0 == Self.service ? .closed : .missing
            }
        }
        #expect(error?.description.contains("this user may not read \(Self.service): use sudo") == true)
    }
}
