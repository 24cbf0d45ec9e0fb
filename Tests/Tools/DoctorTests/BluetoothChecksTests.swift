import StrapFixtures
import Testing

@testable import BlueZ
@testable import Doctor

@Suite struct BluetoothChecksTests {
    private static let old = BlueZVersion(major: 5, minor: 49)

    private let hci0: BluetoothSurvey.Adapter
    private let hci1: BluetoothSurvey.Adapter

    init() throws {
        hci0 = .init(
            name: "hci0", address: try #require(BluetoothAddress("00:00:00:00:00:10")), isPowered: true, linkCount: 0)
        hci1 = .init(
            name: "hci1", address: try #require(BluetoothAddress("00:00:00:00:00:11")), isPowered: true, linkCount: 0)
    }

    private func adapters(
        _ adapters: [BluetoothSurvey.Adapter], straps: [BluetoothSurvey.Strap] = [],
        machine: MachineFacts = MachineFacts(bluetoothd: .silent), configured: Set<BluetoothAddress> = []
    ) -> AdapterCheck {
        AdapterCheck(
            survey: BluetoothSurvey(adapters: adapters, straps: straps), machine: machine, configured: configured)
    }

    private func with<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
        var value = value
        change(&value)
        return value
    }

    // MARK: bluetoothd

    @Test(arguments: [
        (BluetoothSurveyError.busUnreachable("no socket"), Finding.Check.bus, "systemctl start dbus"),
        (.accessDenied("rejected"), .bus, "usermod -aG bluetooth"),
        (.bluetoothdMissing, .bluetoothd, "systemctl enable --now bluetooth"),
        (.bluetoothdFailed("no answer"), .bluetoothd, "systemctl restart bluetooth"),
    ])
    func bluetoothd_whenItCannotBeAsked_saysWhatMendsIt(
        error: BluetoothSurveyError, check: Finding.Check, remedy: String
    ) {
        let finding = BluetoothdCheck.findings(.failure(error), .silent)[0]
        #expect(finding.check == check)
        #expect(finding.level == .problem)
        #expect(finding.remedy?.contains(remedy) == true)
    }

    @Test func bluetoothd_whenItIsNotInstalled_saysHowToInstallIt() {
        let findings = BluetoothdCheck.findings(.failure(.bluetoothdMissing), .notFound)
        #expect(findings.map(\.remedy) == ["sudo apt install bluez"])
    }

    @Test(arguments: [
        (BluetoothdProgram.installed(old), Finding.Level.problem), (.installed(.oldest), .warning),
        (.installed(.tested), .ok), (.silent, .info), (.notFound, .info),
    ])
    func bluezVersion_isJudgedByWhatIsTested(program: BluetoothdProgram, level: Finding.Level) {
        let findings = BluetoothdCheck.findings(.success(BluetoothSurvey(adapters: [], straps: [])), program)
        #expect(findings.map(\.check) == [.bus, .bluetoothd, .bluezVersion])
        #expect(findings.map(\.level) == [.ok, .ok, level])
    }

    // MARK: Adapters

    @Test func adapter_whenThereIsNone_isAProblem() {
        let findings = adapters([]).findings
        #expect(findings.map(\.check) == [.adapter])
        #expect(findings.map(\.level) == [.problem])
        #expect(findings[0].sentence == "There is no Bluetooth adapter.")
    }

    @Test func adapter_whenOnlyTheKernelKnowsIt_isBluetoothdsFault() {
        let machine = MachineFacts(bluetoothd: .silent, controllers: [.init(name: "hci0")])
        #expect(adapters([], machine: machine).findings[0].sentence.contains("bluetoothd does not serve it"))
    }

    @Test func adapter_whenTheConfiguredOneIsMissing_namesTheOthers() {
        let findings = adapters([hci0], configured: [hci1.address]).findings
        #expect(findings.map(\.level) == [.problem, .ok])
        #expect(findings[0].sentence.contains("\(hci1.address)"))
        #expect(findings[0].sentence.contains("there is: \(hci0.address)"))
    }

    @Test func adapter_whenAllIsWell_tellsItsLinks() {
        let findings = adapters([with(hci0) { $0.linkCount = 1 }]).findings
        #expect(findings == [Finding(.adapter, .ok, "The adapter hci0 (00:00:00:00:00:10) is on, has 1 link.")])
    }

    @Test func power_whenTheOnlyAdapterIsOff_isAProblem() {
        let findings = adapters([with(hci0) { $0.isPowered = false }]).findings
        #expect(findings.map(\.check) == [.power])
        #expect(findings.map(\.level) == [.problem])
        #expect(findings[0].remedy == "bluetoothctl power on")
    }

    @Test func power_whenAnotherAdapterIsOn_mattersOnlyToTheConfiguration() {
        let off = with(hci0) { $0.isPowered = false }
        #expect(adapters([off, hci1]).findings.map(\.level) == [.info, .ok])
        #expect(
            adapters([off, hci1]).findings[0].remedy?.contains("/org/bluez/hci0 org.bluez.Adapter1 Powered") == true)
        #expect(adapters([off, hci1], configured: [off.address]).findings.map(\.level) == [.problem, .ok])
    }

    @Test func power_whenBlocked_refersToRfkill() {
        let blocked = RadioSwitch(name: "hci0", block: .soft)
        let machine = MachineFacts(bluetoothd: .silent, radioSwitches: [blocked])
        let findings = adapters([with(hci0) { $0.isPowered = false }], machine: machine).findings
        #expect(findings[0].remedy == "unblock it first, see rfkill")
    }

    @Test func power_whenAnotherAdapterIsBlocked_doesNotReferToRfkill() {
        let blocked = RadioSwitch(name: "hci1", block: .soft)
        let machine = MachineFacts(
            bluetoothd: .silent, controllers: [.init(name: "hci0"), .init(name: "hci1")], radioSwitches: [blocked])
        let findings = adapters([with(hci0) { $0.isPowered = false }], machine: machine).findings
        #expect(findings[0].remedy == "bluetoothctl power on")
    }

    @Test(arguments: [(false as Bool?, Finding.Level.problem), (true, .ok), (nil, .ok)])
    func lowEnergy_whenMissing_isAProblem(offersLowEnergy: Bool?, level: Finding.Level) {
        let machine = MachineFacts(
            bluetoothd: .silent, controllers: [.init(name: "hci0", offersLowEnergy: offersLowEnergy)])
        let check = adapters([hci0], machine: machine)
        #expect(check.findings.map(\.level) == [level])
        #expect(check.findings[0].sentence.contains("has Bluetooth Low Energy") == (offersLowEnergy == true))
        #expect(check.hasUsableAdapter == (offersLowEnergy != false))
    }

    @Test func links_whenThereAreMany_warnWhenAStrapIsMissing() throws {
        let busy = with(hci0) { $0.linkCount = 3 }
        let strap = BluetoothSurvey.Strap(
            configuration: StrapConfiguration(name: "chest", selector: .first), device: nil, sighting: .notHeard)
        #expect(adapters([with(hci0) { $0.linkCount = 2 }], straps: [strap]).findings.map(\.check) == [.adapter])
        #expect(adapters([busy]).findings.map(\.level) == [.ok, .info])
        #expect(adapters([busy], straps: [strap]).findings.map(\.level) == [.ok, .warning])
        #expect(adapters([with(hci0) { $0.linkCount = 10 }]).findings.map(\.level) == [.ok, .warning])
    }

    // MARK: Straps

    private func strap(_ sighting: BluetoothSurvey.Sighting, _ mode: StrapMode = .connect) -> [Finding] {
        let strap = BluetoothSurvey.Strap(
            configuration: StrapConfiguration(name: "chest", selector: .name("HR Strap"), mode: mode), device: nil,
            sighting: sighting)
        return StrapCheck.findings(BluetoothSurvey(adapters: [], straps: [strap]))
    }

    @Test func strap_isJudgedByHowItWasSeen() {
        #expect(strap(.connected) == [Finding(.strap, .ok, "chest: \"HR Strap\" is connected.")])
        #expect(strap(.notHeard).map(\.level) == [.warning])
        #expect(strap(.notHeard)[0].sentence.contains("held by another listener, such as a phone app"))
        #expect(strap(.notLookedFor).map(\.level) == [.info])
    }

    @Test func strap_heardWithoutASignalStrength_isHeard() {
        #expect(strap(.heard(signalStrength: nil)).map(\.level) == [.ok])
    }

    @Test(arguments: [BluetoothSurvey.Sighting.connected, .notHeard])
    func strap_namedByAPrivateAddress_isWarnedOf(sighting: BluetoothSurvey.Sighting) throws {
        let address = try Device.address("5A:11:22:33:44:55")
        let strap = BluetoothSurvey.Strap(
            configuration: StrapConfiguration(name: "watch", selector: .address(address)),
            device: StrapState.Device(address: address, name: "Watch HR"), sighting: sighting, hasPrivateAddress: true)
        let finding = try #require(StrapCheck.findings(BluetoothSurvey(adapters: [], straps: [strap])).last)
        #expect(finding.level == .warning && finding.sentence.contains("private address"))
        #expect(finding.remedy?.contains(#"device_name: "Watch HR""#) == true)
    }

    @Test func adapter_thatCannotScan_isAProblemInBluetoothdsWords() {
        let answer = "org.bluez.Error.NotReady: Resource Not Ready"
        let broken = with(hci0) {
            $0.scanFailure = BluetoothSurvey.ScanFailure(answer: answer, advice: "switch it off and on")
        }
        let findings = adapters([broken]).findings
        #expect(findings.map(\.level) == [.problem])
        #expect(findings[0].sentence.contains(answer) && findings[0].remedy == "switch it off and on")
    }

    @Test func broadcastStrap_isJudgedByWhetherItBroadcasts() {
        #expect(strap(.connected, .broadcast).map(\.level) == [.warning])
        #expect(strap(.heard(signalStrength: -60), .broadcast)[0].sentence.contains("is heard, and broadcasts"))
        #expect(strap(.notHeard, .broadcast)[0].sentence.contains("or does not broadcast"))
    }

    @Test(arguments: [(Int16(-85), Finding.Level.ok), (-86, .warning)])
    func signal_whenWeak_isWarnedOf(signalStrength: Int16, level: Finding.Level) {
        let findings = strap(.heard(signalStrength: signalStrength))
        #expect(findings.map(\.check) == [.strap, .signal])
        #expect(findings.map(\.level) == [.ok, level])
    }
}
