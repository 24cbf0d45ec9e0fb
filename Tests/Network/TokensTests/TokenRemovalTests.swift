import Testing
import Tokens

@Suite struct TokenRemovalTests {
    @Test(arguments: [
        ("tok", #"{"error":"token_not_found"} The token is wrong"#, #"{"error":"token_not_found"} The token is wrong"#),
        ("tok", "tok is wrong: tok", "<token> is wrong: <token>"),
        ("abc", "abc,abcd,abc-d,(abc)", "<token>,abcd,abc-d,(<token>)"),
        ("8c4da3ce-7ed7", "x8c4da3ce-7ed7y", "x<token>y"),
    ])
    func token_isRemovedWhereItStands_andLeavesOtherWordsAsTheyAre(secret: String, text: String, clean: String) throws {
        let token = try #require(AccessToken(secret))
        #expect(token.removed(from: text) == clean)
        #expect(token.removed(from: token.removed(from: text)) == clean)
    }

    @Test(arguments: ["token", "<token>", "en"]) func secondRemoval_changesNothing(secret: String) throws {
        let token = try #require(AccessToken(secret))
        let once = token.removed(from: "the \(secret) is wrong: token_not_found")
        #expect(token.removed(from: once) == once)
    }
}
