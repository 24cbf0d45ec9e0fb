import Testing
import Tokens

@Suite struct BasicLoginTests {
    private let login = BasicLogin(user: "API_KEY", password: "a-secret-key")

    @Test func login_isEncodedAsBasic_andShowsItselfNowhere() {
        #expect(login.header == "Basic QVBJX0tFWTphLXNlY3JldC1rZXk=")
        #expect(BasicLogin("anna:pa:ss").header == "Basic YW5uYTpwYTpzcw==")
        var dumped = ""
        dump(login, to: &dumped)
        for text in ["\(login)", String(reflecting: login), dumped] { #expect(!text.contains("QVBJ"), "\(text)") }
    }

    @Test(
        arguments: [
            ("you sent Basic QVBJX0tFWTphLXNlY3JldC1rZXk=", "you sent Basic <login>="),
            (#"{"login":"QVBJX0tFWTphLXNlY3JldC1rZXk","code":7}"#, #"{"login":"<login>","code":7}"#),
            ("nothing of it", "nothing of it"), ("", ""),
        ])
    func login_inAServersMessage_isRemoved_alsoWithoutItsPadding(text: String, clean: String) {
        #expect(login.removed(from: text) == clean)
    }
}
