import TestKit
import Testing

@testable import Uploader

@Suite(.timeLimit(.minutes(10))) struct MemoryTrimmerTests {
    private func mapping(_ head: String, anonymous: Int = 0, swap: Int = 0) -> String {
        """
        \(head)
        Size:               4096 kB
        Rss:                2048 kB
        Anonymous:          \(anonymous) kB
        Swap:               \(swap) kB
        VmFlags: rd ex mr mw me sd

        """
    }

    @Test func ranges_areWhatIsAsInItsFileAndCannotBeWritten() {
        let program = "00000000 fe:00 16228107                   /usr/bin/strapline"
        let smaps = [
            mapping("1000-2000 r--p \(program)"),
            mapping("2000-3000 r-xp \(program)"),
            // Protected by the linker after it had written there.
            mapping("3000-4000 r--p \(program)", anonymous: 4),
            mapping("4000-5000 r--p \(program)", swap: 4),
            mapping("5000-6000 rw-p \(program)"),
            mapping("6000-7000 r-xp 00000000 00:00 0"),
            mapping("7000-8000 r-xp 00000000 00:00 0                  [vdso]"),
            mapping("8000-9000 r--s 00000000 fe:00 42                 /var/lib/shared"),
            mapping("55e4b16ce000-55e4b30cf000 r-xp 00028000 fe:00 43                 /usr/lib/a name (deleted)"),
        ].joined()
        #expect(
            CodePages.ranges(inSmaps: smaps) == [
                0x1000..<0x2000, 0x2000..<0x3000, 0x55e4_b16c_e000..<0x55e4_b30c_f000,
            ])
    }

    @Test func ranges_ofThisProcess_areThoseOfItsLibrariesToo() {
        #expect(CodePages.ranges().count > 20)
    }

    @Test func service_letsGoAMinuteAfterTheStartAndOnceADay() async {
        let clock = ManualClock()
        let times = Recorder<ManualClock.Instant>()
        let service = MemoryTrimmer(clock: clock) { times.append(clock.now) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await service.run() }
            await clock.waitOut(MemoryTrimmer.delay)
            await clock.waitOut(MemoryTrimmer.interval)
            await times.until { $0.count == 2 }
            group.cancelAll()
        }
        #expect(times.all.map(\.sinceStart) == [.seconds(60), .seconds(86_460)])
    }
}
