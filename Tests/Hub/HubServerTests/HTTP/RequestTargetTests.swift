import Testing

@testable import HubServer

struct RequestTargetTests {
    @Test(arguments: [
        ("/api/v1/data", ["api", "v1", "data"]), ("/", [""]), ("/a%20b/%C3%A9", ["a b", "é"]),
        ("http://hub:80/api/v1/data?x", ["api", "v1", "data"]), ("https://hub", []), ("//x", ["", "x"]),
        ("/a%2Fb", ["a/b"]),
    ])
    func path_isTakenApart(raw: String, segments: [String]) {
        #expect(RequestTarget(raw)?.segments == segments)
    }

    @Test(arguments: ["", "*", "api", "/%", "/%4", "/%zz", "/%ff", "/?a=%", "/?%=1"])
    func malformedTarget_isNone(raw: String) {
        #expect(RequestTarget(raw) == nil)
    }

    @Test func query_isRead() throws {
        let target = try #require(RequestTarget("/p?a=1&b=&c&a=2&d=x%3Dy&e=p=q&f=a+b"))
        #expect(target.query("a") == "1")
        #expect(target.query("b") == nil)
        #expect(target.query("c") == nil)
        #expect(target.query("d") == "x=y")
        #expect(target.query("e") == "p=q")
        #expect(target.query("f") == "a+b")
    }
}
