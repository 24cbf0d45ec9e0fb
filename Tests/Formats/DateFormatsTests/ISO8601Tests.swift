import DateFormats
import Testing

@Suite struct ISO8601Tests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1_709_312_400_000, "2024-03-01T17:00:00.000Z"),
        (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func text_isReadBack(milliseconds: Int64, text: String) {
        #expect(ISO8601.text(milliseconds: milliseconds) == text)
        #expect(ISO8601.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        "2024-03-01T17:00:00Z", "2024-03-01T17:00:00", "2024-03-01 17:00:00.0", "2024-03-01t17:00:00,000z",
        "2024-03-01T19:00:00+02:00", "2024-03-01T11:30:00.000000-0530", "2024-03-01T19:00:00.0009999+02",
    ])
    func milliseconds_ofEveryFormThatServersWrite(text: String) {
        #expect(ISO8601.milliseconds(text) == 1_709_312_400_000)
    }

    @Test(arguments: [
        "", "2024", "2024-03-01", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "2024-03-32T00:00:00Z",
        "2024-03-01T24:00:00Z", "2024-03-01T17:60:00Z", "2024-03-01T17:00:61Z", "2024-03-01T17:00:00.Z",
        "2024-03-01T17:00:00+", "2024-03-01T17:00:00+2", "2024-03-01T17:00:00ZZ", "-024-03-01T17:00:00Z",
        "２０２４-03-01T17:00:00Z", "1709312400000",
    ])
    func milliseconds_ofAnythingElse_isNil(text: String) {
        #expect(ISO8601.milliseconds(text) == nil)
    }

    @Test func text_ofAnyTime_isReadBack() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let milliseconds = Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator)
            #expect(ISO8601.milliseconds(ISO8601.text(milliseconds: milliseconds)) == milliseconds)
        }
    }
}
