import HTTPTypes
import NIOCore

extension HubResponse {
    /// The address of an overlay without a member: the page explains the mistake.
    static var namelessOverlay: HubResponse {
        let page = PageFile.overlay.response
        return HubResponse(status: .notFound, fields: page.fields, body: page.body)
    }
}

extension PageFile {
    /// The file with its header fields.
    var response: HubResponse {
        var fields: HTTPFields = [
            .contentType: contentType,
            .contentSecurityPolicy: contentSecurityPolicy,
            // After an update a browser must not use old scripts. The files are small and nearby.
            .cacheControl: "no-cache",
        ]
        // An overlay's address holds a token, so no request of its page may carry it.
        if let referrerPolicy = HTTPField.Name("Referrer-Policy") { fields[referrerPolicy] = "no-referrer" }
        return HubResponse(status: .ok, fields: fields, body: ByteBuffer(bytes: bytes))
    }

    /// Everything comes from the hub, scripts and styles only from files. Other pages may show an overlay in a frame,
    /// because it has no buttons. The page itself must not be in a frame.
    private var contentSecurityPolicy: String {
        let ownFiles =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'"
        switch self {
        case .overlay: return ownFiles
        // It shows a preview of an overlay.
        case .administration: return ownFiles + "; frame-src 'self'; frame-ancestors 'none'"
        default: return ownFiles + "; frame-ancestors 'none'"
        }
    }
}
