import Testing
import Tokens

@Suite struct StoredTokenTests {
    @Test(arguments: ["abc", " abc\n"]) func bareText_isAToken(text: String) throws {
        let token = try #require(StoredToken(text))
        #expect(token.access.revealed == "abc")
        #expect(token.refresh == nil)
        #expect(try token.fileText == "abc\n")
    }

    @Test func json_isReadAndWrittenAsDocumented() throws {
        let text = """
            {
              "access_token" : "a",
              "client_id" : "c",
              "expires_at" : 1795539839,
              "refresh_token" : "r"
            }

            """
        let token = try #require(StoredToken(text))
        #expect(token.access.revealed == "a")
        #expect(token.refresh?.revealed == "r")
        #expect(token.expiresAtSeconds == 1_795_539_839)
        #expect(token.clientID == "c")
        #expect(try token.fileText == text)
    }

    @Test func json_withAnAccessTokenAlone_andKeysOfOthers_isRead() throws {
        let token = try #require(StoredToken(#"{"access_token": "a", "token_type": "bearer"}"#))
        #expect(token.access.revealed == "a")
        #expect(token.expiresAtSeconds == nil)
    }

    @Test(arguments: ["{", "{}", #"{"access_token": ""}"#, #"{"access_token": "two words"}"#, #"{"access_token": 1}"#])
    func otherJSON_isNoToken(text: String) {
        #expect(StoredToken(text) == nil)
    }

    @Test(arguments: ["1e300", "-1e300"]) func expiry_beyondAllNumbers_doesNotTrap(expiry: String) {
        _ = StoredToken(#"{"access_token": "a", "expires_at": \#(expiry)}"#)
    }

    @Test func token_showsItselfNowhere() throws {
        let token = try #require(StoredToken(#"{"access_token": "sesame-a", "refresh_token": "sesame-r"}"#))
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped] { #expect(!text.contains("sesame")) }
    }
}
