import Testing

@testable import strapline

@Suite struct StatusPlaceTests {
    @Test func path_withoutSystemd_isBesideTheOutbox() {
        #expect(StatusPlace.path(outbox: "/home/me/o.sqlite", environment: [:]) == "/home/me/o.sqlite.status")
    }

    @Test func path_ofTheService_isInItsRuntimeDirectory() {
        let environment = ["RUNTIME_DIRECTORY": "/run/strapline:/run/more"]
        #expect(StatusPlace.path(outbox: "/o", environment: environment) == StatusPlace.ofTheService)
        #expect(StatusPlace.candidates(outbox: "/o", environment: environment) == [StatusPlace.ofTheService])
    }

    @Test func candidates_atATerminal_areTheOwnUploaderAndThenTheService() {
        #expect(StatusPlace.candidates(outbox: "/o", environment: [:]) == ["/o.status", StatusPlace.ofTheService])
    }
}
