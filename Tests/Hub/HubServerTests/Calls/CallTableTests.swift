import HTTPTypes
import NIOCore
import PulsoidAPI
import Testing

@testable import HubServer

/// The table of calls, against the OpenAPI document and for itself.
struct CallTableTests {
    private static let contract = Result { try Contract(String(buffer: OpenAPIDocument.response.body)) }

    /// As in the document: `GET /api/v2/data/rooms/{room_id}/real_time`.
    private static func operation(_ call: HubCall) -> String {
        let path = call.path.replacing("{roomId}", with: "{room_id}").replacing("{userId}", with: "{user_id}")
        return "\(call.method.rawValue) \(path)"
    }

    private static func segments(_ call: HubCall) -> [String] {
        call.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            $0.hasPrefix("{") ? "7" : String($0)
        }
    }

    @Test func document_describesThePublishedCalls_andNoOthers() throws {
        let contract = try Self.contract.get()
        #expect(Set(CallTable.published.map(Self.operation)) == Set(contract.operations.keys))
    }

    @Test func document_namesATokenForEachUsersCall_andForNoOther() throws {
        let contract = try Self.contract.get()
        for call in CallTable.published {
            let takesToken =
                switch call.handling {
                case .user, .stream: true
                case .open, .administration, .metrics: false
                }
            guard case .array(let schemes)? = contract.operations[Self.operation(call)]?["security"] else {
                Issue.record("\(Self.operation(call)) has no security")
                continue
            }
            #expect(schemes.contains(.object(["bearer": .array([])])) == takesToken, "\(call.path)")
        }
    }

    @Test func router_findsEachCall_byPathAndMethod() throws {
        for call in CallTable.router.calls {
            let match = try #require(CallTable.router.match(Self.segments(call)), "\(call.path)")
            #expect(match.path.call(call.method)?.path == call.path)
            #expect(match.path.route == call.route)
            #expect(match.parameters.count == call.path.count(where: { $0 == "{" }))
        }
    }

    @Test(arguments: [
        [], ["x"], ["api"], ["api", "v1"], ["api", "v1", "data", "x"], ["", ""], ["page", "x.js"], ["overlay", ""],
        ["api", "hub", "v1", "admin", "users", ""], ["api", "hub", "v1", "admin", "rooms", "1", "members"],
        ["heart", "oauth", "users", "1"],
    ])
    func router_ofAPathWithoutCalls_findsNothing(segments: [String]) {
        #expect(CallTable.router.match(segments) == nil)
    }

    @Test func path_allowsItsMethods_withHeadForGet() throws {
        let room = try #require(CallTable.router.match(["api", "hub", "v1", "admin", "rooms", "1"])?.path)
        #expect(room.allowedMethods == "GET, PUT, DELETE, HEAD, OPTIONS")
        #expect(room.methodNames == "GET or PUT or DELETE")
        #expect(room.call(.head)?.method == .get)
        #expect(room.call(.post) == nil)
        let data = try #require(CallTable.router.match(["api", "v1", "data"])?.path)
        #expect(data.allowedMethods == "POST, OPTIONS")
        #expect(data.call(.head) == nil)
    }
}
