import Foundation
import Testing

/// Replays what the fuzzers start from, and all that they ever found.
@Suite(.timeLimit(.minutes(10)))
struct CorpusTests {
    @Test(arguments: Fuzzer.all)
    func corpus_whenReplayed_breaksNothing(fuzzer: Fuzzer) async throws {
        let folder = try #require(Bundle.module.url(forResource: "Corpora/\(fuzzer.name)", withExtension: nil))
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files {
            do {
                try await fuzzer.check(Array(try Data(contentsOf: file)))
            } catch {
                Issue.record("\(fuzzer.name)/\(file.lastPathComponent): \(error)")
            }
        }
    }

    @Test func corpora_areThoseOfFuzzers() throws {
        let folder = try #require(Bundle.module.url(forResource: "Corpora", withExtension: nil))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(names) == Set(Fuzzer.all.map(\.name)))
    }
}

extension Fuzzer: CustomTestStringConvertible {
    var testDescription: String { name }
}
