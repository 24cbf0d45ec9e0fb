import DateFormats
import HubStore
import PulsoidAPI

/// The answers of the administration's calls.
extension JSONValue {
    init(_ user: User) {
        self.init(user, readings: nil)
    }

    /// With the number of readings, if it is known.
    init(_ user: User, readings: Int?) {
        var members: [String: JSONValue] = [
            "user_id": .integer(user.id), "profile_id": .string(user.profileID), "name": .string(user.name),
        ]
        members["readings"] = readings.map { .integer(Int64($0)) }
        self = .object(members)
    }

    init(_ token: TokenRecord) {
        var members: [String: JSONValue] = [
            "token_id": .string(token.id), "user_id": .integer(token.userID), "user_name": .string(token.user.name),
            "label": Self.optional(token.label), "last_used_at": Self.moment(token.lastUsedAtMilliseconds),
            "scopes": Self.strings(token.scopes),
            "expires_at": Self.moment(token.expiresAtMilliseconds), "may_consent": .bool(token.mayConsent),
            "origin": .string(token.originName),
            "client_id": .null, "issued_by": .null, "consented_by": .null, "grant_id": .null,
        ]
        switch token.origin {
        case .administration(let administrator): members["issued_by"] = Self.optional(administrator)
        case .program(let clientID, let grantID, let consentedBy, _):
            members["client_id"] = .string(clientID)
            members["grant_id"] = .integer(grantID)
            members["consented_by"] = Self.optional(consentedBy)
        }
        self = .object(members)
    }

    init(_ token: IssuedToken) {
        self = .object([
            "access_token": .string(token.accessToken), "user_id": .integer(token.user.id),
            "profile_id": .string(token.user.profileID), "scopes": Self.strings(token.scopes),
            "expires_at": Self.moment(token.expiresAtMilliseconds), "may_consent": .bool(token.mayConsent),
        ])
    }

    init(_ room: RoomRecord) {
        self = .object([
            "room_id": .string(room.id), "config": room.config,
            "members": .array(
                room.members.map { member in
                    .object([
                        "user_id": .integer(member.user.id), "profile_id": .string(member.user.profileID),
                        "name": .string(member.user.name), "config": member.config,
                    ])
                }),
        ])
    }

    /// With the secret of a new one.
    init(_ client: Client, secret: String? = nil) {
        var members: [String: JSONValue] = [
            "client_id": .string(client.id), "name": .string(client.name), "confidential": .bool(client.isConfidential),
            "redirect_uris": Self.strings(client.redirectURIs),
        ]
        members["client_secret"] = secret.map(JSONValue.string)
        self = .object(members)
    }

    /// With the secret of a new one.
    init(_ token: AdminToken, secret: String? = nil) {
        var members: [String: JSONValue] = [
            "id": .integer(token.id), "name": .string(token.name),
            "expires_at": Self.moment(token.expiresAtMilliseconds), "issued_by": Self.optional(token.issuedBy),
        ]
        members["access_token"] = secret.map(JSONValue.string)
        self = .object(members)
    }

    private static func strings(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }

    private static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    /// Null for never, or for nothing.
    private static func moment(_ milliseconds: Int64?) -> JSONValue {
        milliseconds.map { .string(ISO8601.text(milliseconds: $0)) } ?? .null
    }
}
