import CardiogramAPI
import FoundationEssentials
import Testing

@Suite struct BeatsRequestTests {
    /// The body of the published examples.
    private static let example =
        "{ \"beats\": [{ \"start\": 1546025628, \"end\": 1546025628, \"value\": 60 }, "
        + "{ \"start\": 1546025701, \"end\": 1546025701, \"value\": 62 }] }"

    private func decode(_ text: String) throws -> BeatsRequest {
        try JSONDecoder().decode(BeatsRequest.self, from: Data(text.utf8))
    }

    @Test func decode_ofThePublishedExample() throws {
        let request = try decode(Self.example)
        #expect(
            request.beats == [
                Beat(start: 1_546_025_628, end: 1_546_025_628, value: 60),
                Beat(start: 1_546_025_701, end: 1_546_025_701, value: 62),
            ])
        #expect(request.refusal == nil)
        #expect(try JSONDecoder().decode(BeatsRequest.self, from: JSONEncoder().encode(request)) == request)
    }

    @Test func refusal_ofANegativeValue() throws {
        #expect(try decode(#"{"beats":[{"start":1,"end":1,"value":-0.5}]}"#).refusal == .negativeValue)
    }

    @Test(arguments: [1_546_025_628_000, -1, BeatsRequest.firstSecondNotBelieved])
    func refusal_ofTimestampsThatAreNotSeconds(timestamp: Int64) {
        #expect(BeatsRequest(beats: [Beat(start: 1, end: timestamp, value: 60)]).refusal == .notInSeconds)
    }

    @Test(arguments: [
        "", "{}", #"{"beats":{}}"#, #"{"beats":[{"start":1,"end":1}]}"#,
        #"{"beats":[{"start":1.5,"end":1,"value":1}]}"#,
    ])
    func decode_ofAnythingElse_throws(text: String) {
        #expect(throws: DecodingError.self) { try decode(text) }
    }
}

@Suite struct AnswerTests {
    @Test func decode_ofPublishedAnswers() throws {
        let decode = { (text: String) in try JSONDecoder().decode(Answer.self, from: Data(text.utf8)) }
        #expect(try decode(#"{ "success": true }"#) == .saved)
        #expect(try decode("{}") == Answer())
        #expect(try decode(#"{ "message": "Malformed input." }"#) == Answer(.malformedInput))
        #expect(try decode(#"{ "message": "Heart rates contain negative value." }"#) == Answer(.negativeValue))
        #expect(
            try decode(#"{ "message": "Timestamps ('start' or 'end') are not in UNIX seconds" }"#)
                == Answer(.notInSeconds))
    }
}
