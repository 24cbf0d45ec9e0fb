import FoundationEssentials
import Testing
import UploaderConfiguration

@testable import Setup

@Suite struct UploaderStartTests {
    @Test func advice_isForTheServiceOrTheProgram_andRunsAsItIsPrinted() async {
        #expect(
            await UploaderStart.advice(for: "/home/anna/my straps.yaml")
                == "Start it with: strapline run --config '/home/anna/my straps.yaml'")
        // In another folder too.
        let folder = FileManager.default.currentDirectoryPath
        #expect(await UploaderStart.advice(for: "a.yaml") == "Start it with: strapline run --config \(folder)/a.yaml")
        #expect(ServiceLayout(configuration: "a.yaml", isRoot: false).configuration == "\(folder)/a.yaml")
        let service = "/etc/strapline/strapline.yaml"
        #expect(
            UploaderStart.advice(for: service, serviceIsRunning: false)
                == "Start it with: sudo systemctl enable --now strapline")
        #expect(
            UploaderStart.advice(for: service, serviceIsRunning: true)
                == "Apply it with: sudo systemctl reload strapline")
    }
}
