import Foundation
import HTTPTypes
import NIOHTTP1
import TestKit
import Testing

@testable import HubServer

@Suite(.timeLimit(.minutes(10)))
struct HubPageTests {
    @Test func files_areSentToAnybody_withAPolicyThatNamesNobodyElse() async throws {
        try await TestHub.run { hub in
            let paths =
                ["/", "/admin", "/overlay/0123456789abcdef01234567"] + PageFile.allCases.map { "/page/\($0.rawValue)" }
            for path in paths {
                let answer = try await hub.send(.GET, path)
                #expect(answer.status == 200, "\(path)")
                #expect(!answer.body.isEmpty)
                #expect(answer.headers.first(name: "X-Content-Type-Options") == "nosniff")
                #expect(answer.headers.first(name: "Referrer-Policy") == "no-referrer")
                let policy = answer.headers.first(name: "Content-Security-Policy") ?? ""
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self';"))
                #expect(!policy.contains("unsafe"))
                #expect(!policy.contains("http"))
            }
        }
    }

    @Test func files_nameOnlyFilesThatAreThere_andNobodyElse() throws {
        let names = Set(PageFile.allCases.map(\.rawValue))
        for file in PageFile.allCases {
            let text = String(decoding: file.bytes, as: UTF8.self)
            for match in text.matches(of: #/(?:"(?:\.\./)?page/|from "\./)([^"]+)"/#) {
                #expect(names.contains(String(match.1)), "\(file.rawValue) asks for \(match.1)")
            }
            let foreign = text.replacing("http://www.w3.org/2000/svg", with: "")
            #expect(!foreign.contains(#/https?://(?!\$)/#), "\(file.rawValue)")
            // A proxy may serve the hub below a path.
            #expect(!text.contains(#/["'`]\/(?:page|api|oauth2|heart)\//#), "\(file.rawValue)")
            // The policy would keep it from working.
            #expect(!text.contains(#/ style="| on[a-z]+="|<style|javascript:/#), "\(file.rawValue)")
        }
    }

    @Test(arguments: [
        ("index.html", "text/html; charset=utf-8"), ("page.css", "text/css; charset=utf-8"),
        ("page.js", "text/javascript; charset=utf-8"), ("icon.svg", "image/svg+xml"),
    ])
    func file_hasTheTypeOfItsName(name: String, type: String) throws {
        let file = try #require(PageFile(rawValue: name))
        #expect(file.response.fields[.contentType] == type)
    }

    @Test func otherPaths_leadNowhere_andOtherMethodsAreTold() async throws {
        try await TestHub.run { hub in
            let paths = [
                "/page", "/page/", "/page/other.js", "/page/page.js/", "/overlay", "/overlay/", "/overlay/a/b",
            ]
            for path in paths {
                #expect(try await hub.send(.GET, path).status == 404, "\(path)")
            }
            #expect(try await hub.send(.GET, "/overlay/").body.hasPrefix("<!doctype html>"))
            #expect(try await hub.send(.POST, "/").status == 405)
            let head = try await hub.send(.HEAD, "/")
            #expect(head.status == 200)
            #expect(head.body == "")
        }
    }
}
