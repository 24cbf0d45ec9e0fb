import BlueZ
import BlueZSimulator
import FoundationEssentials
import Glibc
import HubStore
import ProcessHarness
import Subprocess
import SystemPackage
import TestKit
import Testing
import UploaderStatus

/// A coach's evening: twelve people with twelve straps in one room, from nothing to all live, with two mistakes.
@Suite(.timeLimit(.minutes(10))) struct CoachEveningTests {
    private static let people = [
        "Anna", "Ben", "Carl", "Dana", "Emil", "Fee", "Gregor", "Hanna", "Ivo", "Jule", "Kim", "Zoë",
    ]

    private let directory = TemporaryDirectory()
    private let bus: PrivateBus
    private let simulator: Simulator
    /// Each command line that the coach types.
    private let typed = Recorder<String>()

    init() async throws {
        bus = try PrivateBus()
        simulator = try await Simulator.start(on: bus.address)
        for place in Self.people.indices {
            await simulator.add(SimulatedStrap(address: Self.address(place), name: Self.device(place)))
            await simulator.startBeating(Self.address(place), every: .milliseconds(200))
        }
    }

    private static func address(_ place: Int) -> String { "C4:11:22:33:44:\(place + 10)" }
    /// The name has the number that is printed on the strap.
    private static func device(_ place: Int) -> String { "Polar H10 000000\(place + 10)" }

    private var uploader: ProgramRunner {
        .strapline(
            in: directory,
            environment: .inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": bus.address, "XDG_STATE_HOME": directory.path]))
    }

    private var hub: ProgramRunner {
        ProgramRunner(
            path: ProgramRunner.programs.appending("strapline-hub"),
            environment: .inherit.updating(["XDG_STATE_HOME": directory.path]),
            log: FilePath(directory.file("hub.log")))
    }

    private func typing(_ program: String, _ arguments: [String]) -> [String] {
        typed.append(([program] + arguments).joined(separator: " "))
        return arguments
    }

    /// The spreadsheet. One half of the straps has its address, the other half its name.
    private func writeSpreadsheet(straps: (Int) -> Int = { $0 }) throws {
        let rows = Self.people.enumerated().map { place, name in
            let strap = straps(place)
            return "\(name),\(strap.isMultiple(of: 2) ? Self.address(strap) : Self.device(strap))\n"
        }
        try Data(("name,strap\n" + rows.joined()).utf8).write(to: URL(filePath: directory.file("class.csv")))
    }

    @Test func evening_ofTwelvePeople_isLiveAfterSixCommands_andEachMistakeIsFound() async throws {
        let start = ContinuousClock().now
        let (file, tokens) = (directory.file("strapline.yaml"), directory.file("tokens"))
        let table = directory.file("class.csv")
        // The machine's own settings: this one may have no network time.
        try "clock: { wait_seconds: 0 }\n".write(toFile: file, atomically: true, encoding: .utf8)
        // Kim's strap stands in Carl's line too.
        try writeSpreadsheet { $0 == 2 ? 10 : $0 }

        let coach = ["init", "--user", "coach", "--room", "Gym", "--tokens", directory.file("coach")]
        _ = try await hub.output(of: typing("strapline-hub", coach))
        _ = try await hub.output(
            of: typing("strapline-hub", ["roster", "import", table, "--room", "Gym", "--tokens", tokens]))
        // Somebody pastes another token into Ben's file.
        let right = try String(contentsOfFile: tokens + "/ben.token", encoding: .utf8)
        try "8c4da3ce-7ed7-4a19-a1f1-058498661e45\n".write(
            toFile: tokens + "/ben.token", atomically: false, encoding: .utf8)

        try await hub.serve(typing("strapline-hub", ["serve", "--port", "0"]), waitsForLine: true) { serving in
            let setup = [
                "setup", "--yes", "--roster", table, "--tokens", tokens, "--hub", serving.firstLine, "--config", file,
            ]
            let first = try await uploader.run(typing("strapline", setup))
            #expect(!first.status.isSuccess)
            #expect(first.error.contains("class.csv:4: Carl has the same strap as Kim in line 12"), "\(first.error)")
            #expect(first.error.contains("class.csv:12: Kim has the same strap as Carl in line 4"), "\(first.error)")
            #expect(first.error.contains("Ben: ") && first.error.contains("token_not_found"), "\(first.error)")
            #expect(first.error.contains("9 straps are set up."), "\(first.error)")

            // Both are corrected in an editor.
            try writeSpreadsheet()
            try right.write(toFile: tokens + "/ben.token", atomically: false, encoding: .utf8)
            let second = try await uploader.run(typing("strapline", setup))
            #expect(second.status.isSuccess, "\(second.error)")

            try await uploader.serve(typing("strapline", ["run", "--config", file]), waitsForLine: false) { running in
                try await untilAllAreLive(file)
                await running.stop()
            }
        }
        #expect(typed.all.count <= 6)
        try await expectReadingsOfAll()
        let seconds = (ContinuousClock().now - start).components.seconds
        print("coach's evening: \(typed.all.count) commands, \(seconds) s until all twelve are live")
        for line in typed.all { print("  \(line.replacing(directory.path + "/", with: ""))") }
    }

    /// Looks until every strap is live and every reading arrives.
    private func untilAllAreLive(_ file: String) async throws {
        try await poll {
            let ended = try await uploader.run(["status", "--json", "--config", file])
            guard let report = try? JSONDecoder().decode(StatusReport.self, from: Data(ended.output.utf8)) else {
                return false
            }
            let live = report.straps.filter { $0.state == .live && $0.beatsPerMinute != nil }
            let delivered = report.destinations.filter { $0.lastSuccessAge != nil }
            return live.count == Self.people.count && delivered.count == Self.people.count
        }
    }

    private func expectReadingsOfAll() async throws {
        let database = directory.file("strapline/hub.sqlite")
        let store = try HubStore(path: database)
        for name in Self.people {
            let user = try await store.accounts.user(name)
            #expect(try await store.readings.count(ofUser: user.id) > 0, "\(name)")
        }
        let room = try #require(try await store.accounts.rooms().first)
        #expect(room.members.count == Self.people.count + 1, "with the coach")
    }
}
