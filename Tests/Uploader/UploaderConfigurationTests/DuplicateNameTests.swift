import Testing

@testable import UploaderConfiguration

@Suite struct DuplicateNameTests {
    /// A misspelt kind that is clear counts as that kind. An item without a known kind has no name to compare.
    @Test func itemsOfOneName_besideAnotherMistake_areReported() {
        let yaml = """
            straps:
              - name: anna
                destinations:
                  - { service: pulsoids, token_file: a }
                  - { service: pulsoid, token_file: a }
                  - { service: pulsoid, token_file: b }
            outputs:
              - kind: pager
              - { kind: file, path: /run/a }
              - { kind: file, path: /run/a }
              - { kind: pager, name: obs }
              - { kind: file, path: /run/b, name: obs }
            sessions:
              - { service: floder, path: /a }
              - { service: folder, path: /b }
              - { service: folder, path: /c }
            """
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.parse(yaml, path: "f.yaml", home: "/home/anna")
        }
        let found = error?.sentences ?? []
        let lines = found.compactMap { $0.split(separator: ":").dropFirst().first.flatMap { Int($0) } }
        #expect(lines == [4, 5, 6, 8, 10, 10, 11, 12, 14, 15, 16], "\(found.joined(separator: "\n"))")
        let names = found.filter { $0.contains("named") }.count
        #expect(names == 6, "\(found.joined(separator: "\n"))")
    }
}
