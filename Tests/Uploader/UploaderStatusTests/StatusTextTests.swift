import BlueZ
import Testing

@testable import UploaderStatus

@Suite struct StatusTextTests {
    @Test func lines_ofARunningUploader_standInTables() {
        let chest = StrapReport(
            strap: "chest", state: .live, stateAge: 180_000, address: "C4:11:22:33:44:55", deviceName: "Polar H10",
            beatsPerMinute: 72, readingAge: 400, contact: "detected", batteryPercent: 80, bodyLocation: "chest",
            manufacturer: "Polar", model: "H10", malformed: 0, lost: 0)
        let arm = StrapReport(
            strap: "arm", state: .disconnected, reason: "the link was lost", stateAge: 7_200_000,
            readingAge: 7_230_000, malformed: 2, lost: 0)
        let pulsoid = DestinationReport(
            strap: "chest", destination: "pulsoid", state: "retrying", lastSuccessAge: 300_000,
            lastError: "no answer\u{1B}[2J", lastErrorAge: 4_000, waiting: 301, setAside: 0, tooOld: 12)
        let report = StatusReport(
            isRunning: true, outbox: OutboxReport(path: "/o", received: 9, dropped: 0, usedBytes: 2_048),
            straps: [chest, arm], destinations: [pulsoid])
        #expect(
            StatusText.lines(of: report) == [
                "STRAP  STATE         SINCE      HEART RATE  LAST READING  CONTACT   BATTERY  DEVICE",
                "chest  live          3 min ago  72 bpm      just now      detected  80 %     Polar H10 (C4:11:22:33:44:55)",
                "arm    disconnected  2 h ago    -           2 h ago       -         -        -",
                "chest: Polar H10, worn: chest",
                "arm: the link was lost",
                "arm: malformed packets ignored: 2",
                "",
                "STRAP  DESTINATION  STATE     WAITING  LAST SUCCESS  SET ASIDE",
                "chest  pulsoid      retrying  301      5 min ago     0",
                "chest to pulsoid: last error 4 s ago: no answer [2J",
                "chest to pulsoid: not sent because older than max_age_seconds: 12",
                "",
                "outbox /o: 9 readings received, 2 kB",
            ])
    }
}
