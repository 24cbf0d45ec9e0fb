import FoundationEssentials

/// What a token file holds: a bare token, or a token that can be renewed.
///
/// Either is a text without white space, as a service's web site gives it, or the JSON object that `strapline login`
/// writes (docs/tokens.md):
///
/// ```json
/// {"access_token": "…", "refresh_token": "…", "expires_at": 1795539839, "client_id": "…"}
/// ```
package struct StoredToken: Sendable, Hashable {
    /// The token that requests carry.
    package var access: AccessToken
    /// Buys a new pair of tokens, once (RFC 6749, section 6).
    package var refresh: AccessToken?
    /// When the access token ends, in seconds since the Unix epoch; nil if the service did not say.
    package var expiresAtSeconds: Int64?
    /// The client that got the tokens. Only this client can use the refresh token.
    package var clientID: String?

    package init(
        access: AccessToken, refresh: AccessToken? = nil, expiresAtSeconds: Int64? = nil, clientID: String? = nil
    ) {
        self.access = access
        self.refresh = refresh
        self.expiresAtSeconds = expiresAtSeconds
        self.clientID = clientID
    }

    /// Reads the text of a token file, or pasted text; nil if it holds no token.
    package init?(_ text: String) {
        guard let token = try? Self.read(text) else { return nil }
        self = token
    }

    /// Why a text holds no token, as a sentence; nil when it holds one.
    package static func problem(in text: String) -> String? {
        do throws(PastedToken.Problem) {
            _ = try read(text)
            return nil
        } catch {
            return "It \(error.problem). \(error.advice)"
        }
    }

    /// Reads the text of a token file, or pasted text.
    static func read(_ text: String) throws(PastedToken.Problem) -> StoredToken {
        let bare = PastedToken.bareText(of: text)
        guard bare.first == "{" else { return StoredToken(access: try PastedToken.token(in: bare)) }
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(bare.utf8)),
            let access = AccessToken(fields.access)
        else {
            throw PastedToken.Problem(
                problem: "holds no token: it is JSON without an access_token",
                advice: "Put the token itself there, or log in again.")
        }
        return StoredToken(
            access: access,
            refresh: fields.refresh.flatMap { AccessToken($0) },
            expiresAtSeconds: fields.expiresAt.map { Int64(min(max($0, 0), Self.lastSecond)) },
            clientID: fields.clientID)
    }

    /// The text of a token file: the bare token if there is nothing else to store. Only for the file.
    package var fileText: String {
        get throws {
            guard refresh != nil || expiresAtSeconds != nil else { return access.revealed + "\n" }
            let fields = Fields(
                access: access.revealed, refresh: refresh?.revealed, expiresAt: expiresAtSeconds.map(Double.init),
                clientID: clientID)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(fields), as: UTF8.self) + "\n"
        }
    }

    /// Thirty million years: a larger number would overflow.
    private static let lastSecond = 1e15

    private struct Fields: Codable {
        var access: String
        var refresh: String?
        /// Whole seconds; a fraction that somebody wrote is cut off.
        var expiresAt: Double?
        var clientID: String?

        enum CodingKeys: String, CodingKey {
            case access = "access_token"
            case refresh = "refresh_token"
            case expiresAt = "expires_at"
            case clientID = "client_id"
        }
    }
}
