import DBus
import HeartRate
import Testing

@testable import BlueZ

/// What a session learns about its strap, and when.
@Suite struct StrapLearningTests {
    private static let location: ObjectPath = "/org/bluez/hci0/dev_C4_00_00_00_00_01/service000e/char0012"
    private static let serial: ObjectPath = "/org/bluez/hci0/dev_C4_00_00_00_00_01/service0016/char001b"

    private var strap: BlueZSnapshot.Device {
        var strap = Scenery.connectedStrap()
        strap.detailPaths = [.serialNumber: Self.serial, .bodySensorLocation: Self.location]
        strap.batteryPercent = 80
        return strap
    }

    /// A session that listens to a strap which has not measured yet.
    private func listening() -> StrapSession {
        var session = StrapSession.connecting()
        _ = session.show(strap)
        _ = session.handle(.subscribeAnswered(attempt: 1, nil))
        return session
    }

    @Test func session_beforeTheFirstMeasurement_asksAndTellsNothing() {
        var session = StrapSession.connecting()
        var actions = session.show(strap)
        actions += session.handle(.subscribeAnswered(attempt: 1, nil)) + session.show(strap)
        #expect(actions.reads.isEmpty && actions.details.isEmpty)
    }

    @Test func session_afterTheFirstMeasurement_readsWhatIsThereOneAfterTheOther() {
        var session = listening()
        let first = session.handle(.measured(attempt: 1, Scenery.heartRate))
        #expect(first.reads == [.bodySensorLocation])
        #expect(first.details.map(\.batteryPercent) == [80])

        let second = session.handle(.readAnswered(attempt: 1, .bodySensorLocation, .success([1])))
        #expect(second.reads == [.serialNumber])
        #expect(second.details.map(\.bodySensorLocation) == [.chest])

        let last = session.handle(.readAnswered(attempt: 1, .serialNumber, .success(Array(" A1\0\0".utf8))))
        #expect(last.reads.isEmpty)
        #expect(last.details.map(\.serialNumber) == ["A1"])
        #expect(last.deadline == nil, "the deadline of the measurements stands")
        #expect(session.handle(.measured(attempt: 1, Scenery.heartRate)).reads.isEmpty, "once a connection")
    }

    @Test func session_whenAReadFails_asksForTheNext() {
        var session = listening()
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate))
        let error = Scenery.bluezError("NotPermitted", "Read not permitted")
        let actions = session.handle(.readAnswered(attempt: 1, .bodySensorLocation, .failure(error)))
        #expect(actions.reads == [.serialNumber])
        #expect(actions.details.isEmpty)
        #expect(session.status.phase == .live)
    }

    @Test func session_whenTheLinkIsNew_readsAnew() {
        var session = listening()
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate))
        _ = session.handle(.readAnswered(attempt: 1, .bodySensorLocation, .success([1])))
        _ = session.handle(.readAnswered(attempt: 1, .serialNumber, .success([0x41])))
        _ = session.show(Scenery.strap())
        _ = session.show(candidate: strap)
        let actions = session.handle(.measured(attempt: 2, Scenery.heartRate))
        #expect(actions.reads == [.bodySensorLocation])
        #expect(actions.details.isEmpty, "the battery is as reported")
    }

    @Test func session_whenTheLinkEndedWhileReading_asksForItNeverAgain() {
        var session = listening()
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate))
        _ = session.show(Scenery.strap())
        _ = session.show(candidate: strap)
        #expect(session.handle(.readAnswered(attempt: 1, .bodySensorLocation, .success([1]))).isEmpty)
        let actions = session.handle(.measured(attempt: 2, Scenery.heartRate))
        #expect(actions.reads == [.serialNumber])
    }

    @Test func session_whenTheDeviceIsAnother_forgetsWhatTheOldOneWas() {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .name("HR Strap")))
        _ = session.show(candidate: strap)
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate))
        _ = session.handle(.readAnswered(attempt: 1, .bodySensorLocation, .success([1])))
        _ = session.show()
        _ = session.show(candidate: Scenery.connectedStrap(2))
        _ = session.handle(.measured(attempt: 2, Scenery.heartRate))
        #expect(session.details == StrapDetails())
    }

    @Test func session_whileTheBatteryEmpties_tellsEachLevelAndWarnsOnce() {
        var session = listening()
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate))
        var strap = strap
        var actions: [StrapSession.Action] = []
        for percent in [80, 20, 20, 19] as [UInt8] {
            strap.batteryPercent = percent
            actions += session.show(strap)
        }
        #expect(actions.details.map(\.batteryPercent) == [20, 19])
        #expect(actions.filter { $0 == .warnOfBattery(percent: 20) }.count == 1)
    }

    @Test(arguments: [[], [7], [0xFF]] as [[UInt8]])
    func details_ofAReservedLocation_doNotSayWhereItIsWorn(value: [UInt8]) {
        var details = StrapDetails()
        details.take(value, of: .bodySensorLocation)
        #expect(details == StrapDetails())
    }

    @Test func details_ofALongText_keepItsBeginning() {
        var details = StrapDetails()
        details.take([UInt8](repeating: UInt8(ascii: "x"), count: 512), of: .modelNumber)
        #expect(details.modelNumber?.utf8.count == 64)
    }
}

extension [StrapSession.Action] {
    fileprivate var reads: [StrapCharacteristic] {
        compactMap { if case .read(let characteristic, _, _) = $0 { characteristic } else { nil } }
    }

    fileprivate var details: [StrapDetails] {
        compactMap { if case .reportDetails(let details) = $0 { details } else { nil } }
    }
}
