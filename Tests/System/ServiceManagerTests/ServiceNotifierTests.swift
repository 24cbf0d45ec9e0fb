import Glibc
import ServiceManager
import TestKit
import Testing

@Suite struct ServiceNotifierTests {
    private let directory = TemporaryDirectory()

    @Test func notifier_withASocketInTheFileSystem_tellsItThere() throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": socket.name]))
        try notifier.tell(.ready, .status("anna live 72 bpm"))
        #expect(socket.received() == "READY=1\nSTATUS=anna live 72 bpm")
        #expect(socket.received() == nil)
    }

    @Test func notifier_withAnAbstractSocket_tellsItThere() throws {
        let socket = try #require(NotifySocket(name: "@strapline-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"))
        let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": socket.name]))
        try notifier.tell(.stopping)
        #expect(socket.received() == "STOPPING=1")
    }

    @Test func notifier_withEachNotification_saysWhatTheProtocolSays() throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": socket.name]))
        try notifier.tell(.reloading(monotonicMicroseconds: 1_234_567))
        try notifier.tell(.alive)
        try notifier.tell(.status("two\nlines"))
        #expect(socket.received() == "RELOADING=1\nMONOTONIC_USEC=1234567")
        #expect(socket.received() == "WATCHDOG=1")
        #expect(socket.received() == "STATUS=two lines")
    }

    @Test(arguments: [nil, "", "@", "/", "relative", "vsock:2:1234", "/" + String(repeating: "x", count: 108)])
    func notifier_withoutASocketThatItSpeaksTo_isNone(name: String?) {
        #expect(ServiceNotifier(environment: name.map { ["NOTIFY_SOCKET": $0] } ?? [:]) == nil)
    }

    @Test func notifier_whenNobodyListens_saysSo() throws {
        let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": directory.file("nobody")]))
        let error = #expect(throws: ServiceNotifierError.self) { try notifier.tell(.ready) }
        #expect(error?.description == "cannot notify the service manager: No such file or directory")
    }

    @Test func monotonicTime_isThatOfTheKernel() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        #expect(ServiceNotifier.monotonicMicroseconds() / 1_000_000 >= UInt64(time.tv_sec))
    }

    @Test func watchdog_withATimeForThisProcess_isThat() {
        #expect(WatchdogTimeout.current(environment: ["WATCHDOG_USEC": "90000000"]) == .seconds(90))
        let environment = ["WATCHDOG_USEC": "90000000", "WATCHDOG_PID": "\(getpid())"]
        #expect(WatchdogTimeout.current(environment: environment) == .seconds(90))
    }

    @Test(arguments: [
        [:], ["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "x"], ["WATCHDOG_USEC": "9", "WATCHDOG_PID": "1"],
    ])
    func watchdog_withoutATimeForThisProcess_isNone(environment: [String: String]) {
        #expect(WatchdogTimeout.current(environment: environment) == nil)
    }
}
