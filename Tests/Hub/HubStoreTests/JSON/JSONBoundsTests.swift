import PulsoidAPI
import Testing

@testable import HubStore

/// How deep and wide JSON from outside may be, and which text in it is taken.
@Suite(.timeLimit(.minutes(10)))
struct JSONBoundsTests {
    private static func nested(_ depth: Int, _ open: String, _ close: String) -> String {
        String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }

    @Test func depth_isCounted_inArraysAndObjects_andNotInStrings() {
        let bounds = JSONBounds(nodes: 1000)
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            #expect(bounds.allow(Self.nested(16, open, close)))
            #expect(!bounds.allow(Self.nested(17, open, close)))
        }
        #expect(bounds.allow((#"{"a":""# + String(repeating: "[{", count: 100) + #""}"#)))
        #expect(bounds.allow(#"{"a\"[[[[[[[[[[[[[[[[[[[[[":"\\"}"#))
        #expect(!bounds.allow((#"{"a":"\\","b":"# + Self.nested(16, "[", "]") + "}")))
        // Ended ones do not count.
        #expect(bounds.allow(String(repeating: "[]", count: 100)))
    }

    @Test func text_inUTF16OrUTF32_isRefused() {
        let bounds = JSONBounds(nodes: 1000)
        for mark in ["", "\u{FEFF}"] {
            let text = mark + #"{"a": 1}"#
            let wide = Array(text.utf16)
            let widest = Array(text.unicodeScalars.map(\.value))
            for bytes in [wide.withUnsafeBytes(Array.init), wide.map(\.byteSwapped).withUnsafeBytes(Array.init)] {
                #expect(!bytes.withUnsafeBytes(bounds.allow))
            }
            #expect(!widest.withUnsafeBytes(bounds.allow))
        }
    }

    @Test func values_areCounted() {
        let bounds = JSONBounds(nodes: 10)
        #expect(bounds.allow("[1,1,1,1,1,1,1,1,1]"))
        #expect(!bounds.allow("[1,1,1,1,1,1,1,1,1,1]"))
        #expect(bounds.allow(JSONValue.array(Array(repeating: .null, count: 9))))
        #expect(!bounds.allow(JSONValue.array(Array(repeating: .null, count: 10))))
        var deep = JSONValue.null
        for _ in 0..<1000 { deep = .array([deep]) }
        #expect(!JSONBounds(nodes: 5000).allow(deep))
    }
}
