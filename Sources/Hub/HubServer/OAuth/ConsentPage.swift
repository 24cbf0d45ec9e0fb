import Crypto
import FoundationEssentials
import HTTPTypes
import HubStore
import PulsoidAPI

/// The consent pages: plain HTML without script, also for phones.
enum ConsentPage {
    /// Asks for the code of a device; `code` is in the field already. After too many wrong codes it also asks for a
    /// token, because a good token has a limit of its own.
    static func enterCode(_ refusal: ConsentRefusal? = nil, code: UserCode? = nil) -> HubResponse {
        let needsToken = if case .tooManyGuesses = refusal { true } else { false }
        let value = code.map { #" value="\#($0)""# } ?? ""
        return page(
            "Allow a program", refusal,
            """
            <form method="\(needsToken ? "post" : "get")">
            <label for="user_code">The code that the program shows</label>
            <input id="user_code" name="user_code" required autocomplete="off" autocapitalize="characters" \
            spellcheck="false" maxlength="16" placeholder="BCDF-GHJK"\(value)>
            \(needsToken ? tokenField : "")
            <p><button\(needsToken ? #" name="decision" value="show""# : "")>Continue</button></p>
            </form>
            """)
    }

    /// Asks whether a device may have the scopes that it wants.
    static func ask(
        _ asked: (code: UserCode, request: DeviceAuthorizations.DeviceRequest), _ refusal: ConsentRefusal? = nil
    ) -> HubResponse {
        let scopes = asked.request.scopes.map { "<li>\(meaning(of: $0)) <code>\($0)</code></li>" }.joined(
            separator: "\n")
        return page(
            "Allow \(asked.request.client.name)?", refusal,
            """
            <p><strong>\(escaped(asked.request.client.name))</strong> shows the code \
            <strong>\(asked.code)</strong> and wants to:</p>
            <ul>
            \(scopes)
            </ul>
            <p>Go on only if you started this program yourself, and it shows the same code.</p>
            <form method="post">
            <input type="hidden" name="user_code" value="\(asked.code)">
            \(tokenField)
            <p><button name="decision" value="allow">Allow</button>
            <button name="decision" value="deny">Deny</button></p>
            </form>
            """)
    }

    /// Asks whether a program may have the scopes that it wants. If the program or its redirect URI is unknown, it
    /// says so.
    static func authorize(_ asked: AuthorizationRequest?, _ refusal: ConsentRefusal? = nil) -> HubResponse {
        guard let asked else {
            return page("This cannot be allowed", refusal, "<p>Nothing was done. You can close this page.</p>")
        }
        let scopes = asked.scopes.map { "<li>\(meaning(of: $0)) <code>\($0)</code></li>" }.joined(separator: "\n")
        var hidden = [
            ("response_type", "code"), ("client_id", asked.client.id), ("scope", asked.scopes.joined(separator: ",")),
        ]
        if asked.isRedirectNamed { hidden.append(("redirect_uri", asked.redirect.text)) }
        if let state = asked.state { hidden.append(("state", state)) }
        if let challenge = asked.challenge {
            hidden += [("code_challenge", challenge.text), ("code_challenge_method", "S256")]
        }
        let fields = hidden.map { #"<input type="hidden" name="\#($0)" value="\#(escaped($1))">"# }
        return page(
            "Allow \(asked.client.name)?", refusal, formOrigin: asked.redirect.origin,
            """
            <p><strong>\(escaped(asked.client.name))</strong> at \
            <strong>\(escaped(asked.redirect.origin))</strong> wants to:</p>
            <ul>
            \(scopes)
            </ul>
            <form method="post">
            \(fields.joined(separator: "\n"))
            \(tokenField)
            <p><button name="decision" value="allow">Allow</button>
            <button name="decision" value="deny">Deny</button></p>
            </form>
            """)
    }

    private static let tokenField = """
        <label for="access_token">A token of yours</label>
        <input id="access_token" name="access_token" type="password" autocomplete="off" spellcheck="false" \
        aria-describedby="why">
        <p id="why">It shows who you are. The program gets a token of its own, never this one, and may do no more than \
        this one may. Its access ends when this token ends.</p>
        """

    /// The result.
    static func done(
        _ request: DeviceAuthorizations.DeviceRequest, _ decision: DeviceAuthorizations.Decision
    ) -> HubResponse {
        let name = escaped(request.client.name)
        return decision == .denied
            ? page("Denied", nil, "<p>\(name) gets nothing. You can close this page.</p>")
            : page("Allowed", nil, "<p>\(name) has what it asked for in a moment. You can close this page.</p>")
    }

    private static func meaning(of scope: String) -> String {
        switch PulsoidScope(rawValue: scope) {
        case .heartRateRead: "see your heart rate"
        case .heartRateWrite: "send heart rate in your name"
        case .roomRead: "see the heart rates of your rooms"
        case .statisticsRead: "see statistics of your heart rate"
        case .profileRead: "see your name"
        case nil: "send heart rate in your name, the way of Cardiogram"
        }
    }

    private static func page(
        _ title: String, _ refusal: ConsentRefusal?, formOrigin: String? = nil, _ content: String
    ) -> HubResponse {
        let alert = refusal.map { "<p role=\"alert\">\(escaped($0.sentence))</p>\n" } ?? ""
        let html = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(title)) – Strapline hub</title>
            <style>\(style)</style>
            </head>
            <body>
            <main>
            <h1>\(escaped(title))</h1>
            \(alert)\(content)
            </main>
            </body>
            </html>

            """
        var response = HubResponse.text(html, contentType: "text/html; charset=UTF-8")
        response.status = refusal?.status ?? .ok
        response.fields.append(contentsOf: protection(formOrigin: formOrigin))
        if case .tooManyGuesses(let seconds) = refusal { response.fields[.retryAfter] = String(seconds) }
        return response
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    /// No script, nothing from other sites, no frame around it, and no trace of the code. Forms go to this page and,
    /// by redirect, to the program: browsers check the target of the redirect too.
    private static func protection(formOrigin: String?) -> HTTPFields {
        let hash = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
        var fields: HTTPFields = [
            .contentSecurityPolicy:
                "default-src 'none'; style-src 'sha256-\(hash)'; form-action "
                + "'self'\(formOrigin.map { " \($0)" } ?? ""); "
                + "frame-ancestors 'none'; base-uri 'none'",
            .cacheControl: "no-store",
        ]
        if let name = HTTPField.Name("Referrer-Policy") { fields[name] = "no-referrer" }
        if let name = HTTPField.Name("X-Frame-Options") { fields[name] = "DENY" }
        return fields
    }

    private static let style = """
        :root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
        main { max-width: 32rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; line-height: 1.2; }
        label { display: block; font-weight: bold; }
        input, button { font: inherit; padding: .5rem .75rem; border: 2px solid GrayText; border-radius: .375rem; }
        input { box-sizing: border-box; width: 100%; }
        button { min-height: 2.75rem; min-width: 6rem; margin-right: .5rem; }
        :focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
        [role=alert] { border-left: .375rem solid #c62828; padding-left: .75rem; font-weight: bold; }
        """
}
