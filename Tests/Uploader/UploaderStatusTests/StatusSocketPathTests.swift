import Testing

@testable import UploaderStatus

@Suite struct StatusSocketPathTests {
    @Test func path_withoutSystemd_isBesideTheOutbox() {
        #expect(StatusSocketPath.path(outbox: "/home/me/o.sqlite", environment: [:]) == "/home/me/o.sqlite.status")
    }

    @Test func path_ofTheService_isInItsRuntimeDirectory() {
        let environment = ["RUNTIME_DIRECTORY": "/run/strapline:/run/more"]
        #expect(StatusSocketPath.path(outbox: "/o", environment: environment) == StatusSocketPath.ofTheService)
        #expect(StatusSocketPath.candidates(outbox: "/o", environment: environment) == [StatusSocketPath.ofTheService])
    }

    @Test func candidates_atATerminal_areTheOwnUploaderAndThenTheService() {
        #expect(
            StatusSocketPath.candidates(outbox: "/o", environment: [:]) == ["/o.status", StatusSocketPath.ofTheService])
    }
}
