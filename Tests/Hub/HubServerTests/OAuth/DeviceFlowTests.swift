import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// The device authorization flow over HTTP, as Pulsoid's page and RFC 8628 describe it.
@Suite(.timeLimit(.minutes(10)))
struct DeviceFlowTests {
    @Test func device_whenAllowed_getsTokensOfItsOwn() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            let device = try await hub.beginDevice()
            #expect(device.expiresInSeconds == 600)
            #expect(device.intervalSeconds == 3)
            let page = "http://127.0.0.1:\(hub.port)/oauth2/device_authorization_consent"
            #expect(device.verificationURI == page)
            #expect(device.verificationURIComplete == "\(page)?user_code=\(device.userCode)")
            let pending = try await hub.askForToken(device)
            #expect(pending.status == 400)
            #expect(pending.oauthError == "authorization_pending")
            #expect(try await hub.askForToken(device).oauthError == "slow_down")
            #expect(try await hub.decide(device, token: anna.accessToken).status == 200)
            hub.time.advance(milliseconds: 3000)
            let answer = try await hub.askForToken(device)
            #expect(answer.status == 200)
            #expect(answer.headers["cache-control"] == ["no-store"])
            let pair: TokenPair = try answer.decoded()
            #expect(pair.tokenType == "bearer")
            #expect(pair.expiresInSeconds == HubLimits().accessTokenSeconds)
            let validation: TokenValidation = try await hub.send(
                .GET, PulsoidPath.validateToken, token: pair.accessToken
            ).decoded()
            #expect(validation.clientID == "strapline-hub")
            #expect(validation.scopes == ["data:heart_rate:read"])
            #expect(validation.profileID == anna.user.profileID)
            #expect(try await hub.askForToken(device).oauthError == "invalid_grant")
        }
    }

    @Test func device_whenDenied_isInvalidGrant() async throws {
        try await TestHub.run { hub in
            let device = try await hub.beginDevice()
            #expect(try await hub.decide(device, "deny").status == 200)
            let answer = try await hub.askForToken(device)
            #expect(answer.status == 400)
            #expect(try answer.decoded(OAuthErrorBody.self).errorDescription == "the user has denied access")
            #expect(answer.oauthError == "invalid_grant")
        }
    }

    @Test func device_whenNobodyAnswersInTime_hasExpired() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            let device = try await hub.beginDevice()
            hub.time.advance(milliseconds: 600_000)
            #expect(try await hub.askForToken(device).oauthError == "expired_token")
            #expect(try await hub.decide(device, token: anna.accessToken).status == 400)
        }
    }

    @Test func device_whenTheFormIsWrong_isToldWhatIs() async throws {
        try await TestHub.run { hub in
            let path = PulsoidPath.deviceAuthorization
            for (form, status, error) in [
                (["scope": "profile:read"], 400, "invalid_request"),
                (["client_id": "strapline-hub"], 400, "invalid_scope"),
                (["client_id": "strapline-hub", "scope": "everything"], 400, "invalid_scope"),
                (["client_id": "nobody", "scope": "profile:read"], 401, "invalid_client"),
            ] {
                let answer = try await hub.submit(path, form)
                #expect(answer.status == status)
                #expect(answer.oauthError == error)
                #expect(answer.headers.contains(name: "www-authenticate") == (status == 401))
            }
            let json = try await hub.send(.POST, path, headers: ["Content-Type": "application/json"], body: "{}")
            #expect(json.oauthError == "invalid_request")
            #expect(try await hub.send(.GET, path).headers["allow"] == ["POST, OPTIONS"])
        }
    }

    @Test func devices_whenTooManyWait_are429() async throws {
        var limits = HubLimits()
        limits.pendingDevices = 1
        try await TestHub.run(limits: limits) { hub in
            _ = try await hub.beginDevice()
            let answer = try await hub.submit(
                PulsoidPath.deviceAuthorization, ["client_id": "strapline-hub", "scope": "profile:read"])
            #expect(answer.status == 429)
            #expect(answer.headers.contains(name: "retry-after"))
        }
    }

    @Test func address_isWhereTheClientReachedTheHub() async throws {
        try await TestHub.run { hub in
            let form = ["client_id": "strapline-hub", "scope": "profile:read"]
            let path = PulsoidPath.deviceAuthorization
            let behindProxy = try await hub.submit(
                path, form, headers: ["Host": "hub.local", "X-Forwarded-Proto": "https"])
            #expect(
                try behindProxy.decoded(DeviceAuthorization.self).verificationURI
                    == "https://hub.local/oauth2/device_authorization_consent")
            #expect(try await hub.submit(path, form, headers: ["Host": "hub.local/x"]).status == 400)
        }
    }

    @Test func verificationURI_belowAPath_hasThePrefixOfTheProxy_andNoOtherPath() async throws {
        try await TestHub.run { hub in
            let form = ["client_id": "strapline-hub", "scope": "profile:read"]
            func uri(_ prefix: String) async throws -> String? {
                let answer = try await hub.submit(
                    PulsoidPath.deviceAuthorization, form, headers: ["Host": "box", "X-Forwarded-Prefix": prefix])
                guard answer.status == 200 else { return nil }
                #expect(answer.headers.first(name: "cache-control") == "no-store")
                return try answer.decoded(DeviceAuthorization.self).verificationURI
            }
            let page = PulsoidPath.deviceConsent
            for (prefix, path) in [
                ("/heart", "/heart"), ("/heart/", "/heart"), ("/a/b-c_d.e~1", "/a/b-c_d.e~1"), ("/", ""),
            ] {
                let found = try await uri(prefix)
                #expect(found == "http://box\(path)\(page)")
            }
            for prefix in [
                "//evil.example", "heart", "/../x", "/a/./b", "/a?b", "/a#b", "/@evil", "/a b", "/%2e", "/a\\b",
            ] {
                let found = try await uri(prefix)
                #expect(found == nil, "\(prefix)")
            }
        }
    }

    @Test func verificationURI_ofAHubWithAPublicAddress_isThere_whateverTheHeadersSay() async throws {
        try await TestHub.run(publicAddress: "https://box.example/heart") { hub in
            let answer = try await hub.submit(
                PulsoidPath.deviceAuthorization, ["client_id": "strapline-hub", "scope": "profile:read"],
                headers: ["Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Prefix": "//evil"])
            #expect(
                try answer.decoded(DeviceAuthorization.self).verificationURI
                    == "https://box.example/heart" + PulsoidPath.deviceConsent)
        }
    }

    @Test func client_withASecret_hasToProveWhoItIs() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let new = try await hub.store.oauth.addClient(named: "Overlay", id: "overlay", isConfidential: true)
            let secret = try #require(new.secret)
            let device = try await hub.beginDevice(clientID: "overlay")
            #expect(try await hub.decide(device, token: anna).status == 200)
            #expect(try await hub.askForToken(device, clientID: "overlay").status == 401)
            #expect(
                try await hub.askForToken(device, clientID: "overlay", ["client_secret": "x"]).oauthError
                    == "invalid_client")
            // Another client cannot take it.
            #expect(try await hub.askForToken(device).oauthError == "invalid_grant")
            let basic = Base64.text("overlay:\(secret)")
            let answer = try await hub.submit(
                PulsoidPath.token,
                ["grant_type": GrantType.deviceCode.rawValue, "device_code": device.deviceCode],
                headers: ["Authorization": "Basic \(basic)"])
            #expect(answer.status == 200)
            // Removed, and with it what it was given.
            let pair: TokenPair = try answer.decoded()
            try await hub.store.oauth.removeClient("overlay")
            #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: pair.accessToken).status == 401)
        }
    }

    @Test func token_whenTheFormIsWrong_isToldWhatIs() async throws {
        try await TestHub.run { hub in
            for (form, error) in [
                ([:], "invalid_request"), (["grant_type": "refresh_token"], "invalid_request"),
                (["grant_type": "password", "client_id": "strapline-hub"], "unsupported_grant_type"),
                (["grant_type": "authorization_code", "client_id": "strapline-hub"], "invalid_request"),
                (["grant_type": "refresh_token", "client_id": "strapline-hub"], "invalid_request"),
                (["grant_type": GrantType.deviceCode.rawValue, "client_id": "strapline-hub"], "invalid_request"),
                (["grant_type": "refresh_token", "client_id": "strapline-hub", "refresh_token": "x"], "invalid_grant"),
                (
                    ["grant_type": GrantType.deviceCode.rawValue, "client_id": "strapline-hub", "device_code": "x"],
                    "invalid_grant"
                ), (["grant_type": "refresh_token", "client_id": "nobody"], "invalid_client"),
            ] {
                let answer = try await hub.submit(PulsoidPath.token, form)
                #expect(answer.status == (error == "invalid_client" ? 401 : 400))
                #expect(answer.oauthError == error, "\(form)")
            }
            for basic in ["Basic", "Basic !", "Basic QTpC", "Basic QQ=="] {
                let answer = try await hub.submit(
                    PulsoidPath.token, ["grant_type": "refresh_token"], headers: ["Authorization": basic])
                #expect([400, 401].contains(answer.status), "\(basic)")
            }
        }
    }
}
