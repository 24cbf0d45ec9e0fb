import HubAPI
import Testing

@testable import HubServer

struct FormTests {
    @Test func form_isDecoded() throws {
        let form = try #require(Form("a=1&b=x+y%2Bz%26&c=&d&scope=data%3Aheart_rate%3Aread&e=%20%20q%20"))
        #expect(form["a"] == "1")
        #expect(form["b"] == "x y+z&")
        #expect(form["c"] == nil)
        #expect(form["d"] == nil)
        #expect(form["scope"] == "data:heart_rate:read")
        #expect(form["e"] == "q")
        #expect(form["f"] == nil)
    }

    @Test(arguments: ["a=1&a=2", "a=1&a", "a=%", "a=%f", "a=%zz", "%=1", "a=%ff", "a=1&%61=1"])
    func form_whenMalformed_isNone(text: String) {
        #expect(Form(text) == nil)
    }

    @Test(arguments: [
        ("data:heart_rate:read", ["data:heart_rate:read"]),
        ("profile:read,data:heart_rate:read", ["data:heart_rate:read", "profile:read"]),
        ("profile:read data:room:read", ["data:room:read", "profile:read"]),
        ("\"data:heart_rate:read\"", ["data:heart_rate:read"]), ("profile:read,profile:read", ["profile:read"]),
    ])
    func scopes_areReadAsClientsWriteThem(text: String, scopes: [String]) throws {
        #expect(try HubScope.requested(text) == scopes)
    }

    @Test(arguments: [nil, "", ",", "everything", "profile:read,everything", "PROFILE:READ"])
    func scopes_whenUnknown_areRefused(text: String?) {
        #expect(throws: OAuthRefusal.self) { try HubScope.requested(text) }
    }
}
