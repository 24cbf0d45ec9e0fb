import TestKit
import Testing

@testable import Gzip

@Suite struct GzipTests {
    @Test(arguments: [0, 1, 999, 1_000_000]) func compressed_isReadAsTheSameBytes(count: Int) throws {
        var random = SystemRandomNumberGenerator()
        for bytes in [
            [UInt8](repeating: 7, count: count), (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) },
        ] {
            let compressed = try #require(Gzip.compressed(bytes))
            #expect(compressed.prefix(2) == [0x1F, 0x8B])
            #expect(try Gunzip.bytes(of: compressed) == bytes)
        }
    }

    @Test func compressed_ofLines_isAFractionOfThem() throws {
        let lines = (0..<5000).map { "heart_rate,strap=chest bpm=72i \(1_795_539_839_120 + $0)" }
            .joined(separator: "\n")
        #expect(try #require(Gzip.compressed(Array(lines.utf8))).count < lines.utf8.count / 5)
    }
}
