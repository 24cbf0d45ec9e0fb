import Glibc
import TestKit
import Testing

@testable import strapline

@Suite(.timeLimit(.minutes(1))) struct MemoryReturnTests {
    @Test func ranges_areTheCodeOfFilesAndNothingElse() {
        let maps = """
            55e4b0fd1000-55e4b16ce000 r--p 00000000 fe:00 16228107                   /usr/bin/strapline
            55e4b16ce000-55e4b30cf000 r-xp 006fc000 fe:00 16228107                   /usr/bin/strapline
            55e4b30cf000-55e4b31dd000 r--p 020fc000 fe:00 16228107                   /usr/bin/strapline
            55e4b31dd000-55e4b56e5000 rw-p 02209000 fe:00 16228107                   /usr/bin/strapline
            7f0000000000-7f0000001000 r-xp 00000000 00:00 0
            7fc3d465a000-7fc3d465b000 rwxp 00000000 fe:00 42                         /usr/lib/patched.so
            7fff0c1f9000-7fff0c1fb000 r-xp 00000000 00:00 0                          [vdso]
            7fc3d4600000-7fc3d4700000 r-xp 00028000 fe:00 43                         /usr/lib/a name (deleted)
            nonsense
            """
        #expect(
            MappedCode.ranges(inMaps: maps) == [
                0x55e4_b16c_e000..<0x55e4_b30c_f000, 0x7fc3_d460_0000..<0x7fc3_d470_0000,
            ])
    }

    @Test func letGo_leavesEverythingAsItWas() {
        let code = { (number: Int) in String(number, radix: 16) }
        MappedCode.letGo()
        #expect(code(255) == "ff")
    }

    @Test func service_letsGoAMinuteAfterTheStartAndOnceADay() async {
        let clock = ManualClock()
        let times = Recorder<ManualClock.Instant>()
        let service = MemoryReturn(clock: clock) { times.append(clock.now) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await service.run() }
            await clock.waitOut(MemoryReturn.delay)
            await clock.waitOut(MemoryReturn.interval)
            await times.until { $0.count == 2 }
            group.cancelAll()
        }
        #expect(times.all.map(\.sinceStart) == [.seconds(60), .seconds(86_460)])
    }
}
