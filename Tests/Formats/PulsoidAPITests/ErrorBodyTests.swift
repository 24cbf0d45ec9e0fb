import FoundationEssentials
import PulsoidAPI
import Testing

@Suite struct ErrorBodyTests {
    private func decode(_ text: String) throws -> ErrorBody {
        try JSONDecoder().decode(ErrorBody.self, from: Data(text.utf8))
    }

    @Test(arguments: [#""7010""#, "7010"]) func decode_ofACodeAsStringOrNumber_isTheSame(code: String) throws {
        let body = try decode(#"{"error_code":\#(code),"error_message":"wrong"}"#)
        #expect(body == ErrorBody(errorCode: "7010", errorMessage: "wrong"))
        #expect(body.knownCode == .authorizationHeaderMalformed)
    }

    @Test func decode_withoutCode_keepsTheMessage() throws {
        #expect(try decode(#"{"error_message":"wrong"}"#) == ErrorBody(errorCode: nil, errorMessage: "wrong"))
        #expect(try decode(#"{"error_code":"abc"}"#).knownCode == nil)
    }

    @Test func encode_writesTheCodeAsAString() throws {
        let data = try JSONEncoder().encode(ErrorBody(.tokenNotFound))
        #expect(
            try JSONDecoder().decode(JSONValue.self, from: data)
                == .object(["error_code": .string("7005"), "error_message": .string("token_not_found")]))
    }

    @Test(arguments: ErrorCode.allCases) func statusOfEachCode_isThatOfThePages(code: ErrorCode) {
        #expect([400, 401, 402, 500].contains(code.httpStatus))
        #expect(!code.message.isEmpty)
    }
}

@Suite struct TokenValidationTests {
    @Test func decode_withoutProfile_andWithAnUnknownScope() throws {
        let text = """
            {"client_id":"c","expires_in":3600,"profile_id":null,"scopes":["data:heart_rate:write","data:moon:read"]}
            """
        let validation = try JSONDecoder().decode(TokenValidation.self, from: Data(text.utf8))
        #expect(validation.profileID == nil)
        #expect(validation.grants(.heartRateWrite))
        #expect(!validation.grants(.heartRateRead))
        let written = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(validation))
        guard case .object(let fields) = written else {
            Issue.record("not an object")
            return
        }
        #expect(fields["profile_id"] == .null)
    }
}
