import Glibc
import Testing

@testable import HubStore

/// Where tokens and codes come from, and what happens when the kernel gives nothing.
@Suite(.timeLimit(.minutes(10)))
struct SecretTests {
    @Test func tenThousandSecrets_differ_andAreLettersAndDigits() throws {
        let secrets = try (0..<10_000).map { _ in try Secret().revealed }
        #expect(Set(secrets).count == 10_000)
        let characters = Set("abcdefghijklmnopqrstuvwxyz234567")
        #expect(secrets.allSatisfy { $0.count == 52 && $0.allSatisfy(characters.contains) })
        // Every place of a secret takes many values: none is fixed, as some are in a GUID. The last holds one bit.
        for place in 0..<51 {
            let seen = Set(secrets.map { $0[$0.index($0.startIndex, offsetBy: place)] })
            #expect(seen.count == 32, "place \(place)")
        }
        #expect("\(try Secret())" == "(secret)")
    }

    @Test func userCodesAndProfiles_differ() throws {
        // 20^8 codes: in one of 50,000 runs two are equal by chance.
        #expect(Set(try (0..<1000).map { _ in "\(try UserCode())" }).count >= 999)
        #expect(Set(try (0..<1000).map { _ in try RandomBytes.hex(bytes: 12) }).count == 1000)
    }

    @Test func bytes_areDrawnUntilAllAreThere() throws {
        var answers = [-Int(EINTR), 3, -Int(EINTR), 1, 28]
        var next: UInt8 = 0
        let bytes = try RandomBytes.draw(32) { buffer in
            let count = answers.removeFirst()
            for index in 0..<max(0, count) {
                next += 1
                buffer[index] = next
            }
            return count
        }
        #expect(bytes == Array(1...32))
        #expect(answers.isEmpty)
    }

    @Test(arguments: [-Int(ENOSYS), -Int(EPERM), -Int(EAGAIN), 0, 33])
    func bytes_whenTheKernelRefuses_areNone(answer: Int) {
        #expect(throws: RandomnessError.self) { try RandomBytes.draw(32) { _ in answer } }
    }

    @Test func bytes_thatAreZeros_areNone() {
        #expect(throws: RandomnessError.self) { try RandomBytes.draw(32) { $0.count } }
    }
}
