import CardiogramAPI
import HubServer
import HubStore
import NIOHTTP1
import TestKit
import Testing

/// Cardiogram's path and words.
@Suite(.timeLimit(.minutes(10)))
struct HubBeatsTests {
    @Test func beats_asDocumented_areSaved() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            let body =
                #"{ "beats": [{ "start": 1546025628, "end": 1546025628, "value": 60 }, "#
                + #"{ "start": 1546025701, "end": 1546025701, "value": 62 }] }"#
            for _ in 0..<2 {
                let answer = try await hub.send(
                    .POST, "/heart/oauth/users/\(anna.user.id)/beats",
                    headers: ["Authentication": "Bearer \(anna.accessToken)", "Content-Type": "application/json"],
                    body: body)
                #expect(answer.status == 200)
                #expect(answer.body == #"{"success":true}"#)
            }
            #expect(try await hub.rowCount("beat") == 2)
        }
    }

    @Test(arguments: [
        ("", "Malformed input."), ("{}", "Malformed input."), (#"{"beats": {}}"#, "Malformed input."),
        (#"{"beats": [{"start": 1, "value": 60}]}"#, "Malformed input."),
        (#"{"beats": [{"start": 1546025629, "end": 1546025628, "value": 60}]}"#, "Malformed input."),
        (
            #"{"beats": [{"start": 1546025628, "end": 1546025628, "value": -1}]}"#,
            "Heart rates contain negative value."
        ),
        (
            #"{"beats": [{"start": 1546025628000, "end": 1546025628000, "value": 60}]}"#,
            "Timestamps ('start' or 'end') are not in UNIX seconds"
        ),
    ])
    func badBeats_areRefusedAsAWholeInCardiogramsWords(body: String, message: String) async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            let answer = try await hub.send(
                .POST, CardiogramPath.beats(userID: "1"), token: anna.accessToken, body: body)
            #expect(answer.status == 400)
            #expect(answer.body == #"{"message":"\#(message)"}"#)
            #expect(try await hub.rowCount("beat") == 0)
        }
    }

    @Test func beats_ofAnotherUser_are403() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            _ = try await hub.addUser("Ben")
            for userID in ["2", "99", "x", "01"] {
                let answer = try await hub.send(
                    .POST, CardiogramPath.beats(userID: userID), token: anna, body: #"{"beats":[]}"#)
                #expect(answer.status == 403)
                #expect(answer.body == #"{"message":"userId does not match access token."}"#)
            }
        }
    }

    @Test func beats_withoutTokenOrScope_are401() async throws {
        try await TestHub.run { hub in
            let poor = try await hub.addUser("Anna", scopes: ["data:heart_rate:write"]).accessToken
            for token in [nil, "wrong", poor] {
                let answer = try await hub.send(.POST, CardiogramPath.beats(userID: "1"), token: token, body: "{}")
                #expect(answer.status == 401)
                #expect(answer.body.hasPrefix(#"{"message":""#))
            }
        }
    }

    @Test func beatsOfZero_areNotKept() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let body = #"{"beats": [{"start": 1546025628, "end": 1546025628, "value": 0}]}"#
            #expect(try await hub.send(.POST, CardiogramPath.beats(userID: "1"), token: anna, body: body).status == 200)
            #expect(try await hub.rowCount("beat") == 0)
        }
    }
}
