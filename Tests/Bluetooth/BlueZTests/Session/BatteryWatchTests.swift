import Testing

@testable import BlueZ

@Suite struct BatteryWatchTests {
    @Test func watch_whileBatteryEmpties_warnsOnceAtEachThreshold() {
        var watch = BatteryWatch()
        let warned = [100, 21, 20, 19, 21, 20, 11, 10, 9, 10, 0].filter { watch.isNewlyLow(percent: $0) }
        #expect(warned == [20, 10])
    }

    @Test func watch_whenBatteryIsNearlyEmptyAtOnce_warnsOnce() {
        var watch = BatteryWatch()
        #expect([5, 15, 20, 5].map { watch.isNewlyLow(percent: $0) } == [true, false, false, false])
    }

    @Test func watch_whenBatteryIsNew_warnsAnew() {
        var watch = BatteryWatch()
        #expect([8, 100, 20].map { watch.isNewlyLow(percent: $0) } == [true, false, true])
    }
}
