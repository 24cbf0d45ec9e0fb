import Testing

@testable import Doctor

@Suite struct DiagnosisTests {
    private let diagnosis = Diagnosis(findings: [
        Finding(.bus, .ok, "The bus answers."),
        Finding(.power, .problem, "It is off.", remedy: "bluetoothctl power on"),
    ])

    @Test func lines_areAligned_andSummedUp() {
        #expect(
            diagnosis.lines == [
                "ok       bus    The bus answers.",
                "problem  power  It is off.",
                "                → bluetoothctl power on",
                "1 problem.",
            ])
        #expect(diagnosis.hasProblems)
    }

    @Test func lines_withWarningsOnly_areNoProblem() {
        let diagnosis = Diagnosis(findings: [Finding(.disk, .warning, "a"), Finding(.clock, .warning, "b")])
        #expect(diagnosis.lines.last == "2 warnings.")
        #expect(!diagnosis.hasProblems)
        #expect(Diagnosis(findings: []).lines == ["Nothing is wrong."])
    }

    @Test func json_isOneDocument() throws {
        #expect(
            try diagnosis.json() == """
                {
                  "findings" : [
                    {
                      "check" : "bus",
                      "level" : "ok",
                      "mend" : null,
                      "sentence" : "The bus answers."
                    },
                    {
                      "check" : "power",
                      "level" : "problem",
                      "mend" : "bluetoothctl power on",
                      "sentence" : "It is off."
                    }
                  ],
                  "problems" : 1,
                  "warnings" : 0
                }
                """)
    }
}
