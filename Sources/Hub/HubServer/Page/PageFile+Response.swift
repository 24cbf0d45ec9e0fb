import HTTPTypes
import NIOCore

extension PageFile {
    /// The file with what a browser has to know of it.
    var response: HubResponse {
        var fields: HTTPFields = [
            .contentType: contentType,
            .contentSecurityPolicy: contentSecurityPolicy,
            .xContentTypeOptions: "nosniff",
            // An updated hub shall not be looked at with yesterday's scripts; the files are small and come from nearby.
            .cacheControl: "no-cache",
        ]
        // An overlay's address holds a token. No request that its page makes may tell it on.
        if let referrerPolicy = HTTPField.Name("Referrer-Policy") { fields[referrerPolicy] = "no-referrer" }
        return HubResponse(status: .ok, fields: fields, body: ByteBuffer(bytes: bytes))
    }

    /// Everything comes from the hub itself, scripts and styles from files alone. Other pages may hold an overlay, which
    /// has nothing to press, in a frame; the page itself never.
    private var contentSecurityPolicy: String {
        let ownFiles =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'"
        return self == .overlay ? ownFiles : ownFiles + "; frame-ancestors 'none'"
    }
}
