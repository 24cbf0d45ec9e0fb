import HTTPTypes
import HubStore
import HummingbirdCore
import NIOCore
import PulsoidAPI

extension HubResponder {
    /// Answers a call that needs no access token.
    func answer(
        _ endpoint: OpenEndpoint, _ request: Request, target: RequestTarget, context: RequestContext,
        writer: borrowing ResponseWriter
    ) async throws -> HubResponse {
        if request.method == .options { return .preflight(allowing: endpoint.allowedMethods) }
        guard endpoint.methods.contains(request.method == .head ? .get : request.method) else {
            throw Failure(
                .methodNotAllowed, "use \(endpoint.methods.map(\.rawValue).joined(separator: " or "))",
                fields: [.allow: endpoint.allowedMethods])
        }
        let origin = SecurityOrigin(context, route: endpoint.route)
        do {
            switch endpoint {
            case .openAPI: return OpenAPIDocument.response
            case .health: return try await health()
            case .metrics: return try await metricsPage(request, context)
            case .deviceConsent:
                return try await consent(request, target: target, context: context, writer: writer, origin)
            case .deviceAuthorization:
                return try await deviceAuthorization(try await form(of: request, writer: writer), request, context)
            case .token: return try await token(try await form(of: request, writer: writer), request, origin)
            case .authorization:
                return try await authorization(request, target: target, context: context, writer: writer, origin)
            case .cardiogramToken:
                return try await cardiogramToken(try await form(of: request, writer: writer), request, origin)
            case .revoke: return try await revoke(try await form(of: request, writer: writer), origin)
            }
        } catch let refusal as OAuthRefusal {
            return refusal.response
        }
    }

    /// Reads the body of a form.
    func form(of request: Request, writer: borrowing ResponseWriter) async throws -> Form {
        let body = try await body(of: request, upTo: limits.formBodyBytes, writer: writer)
        let type = request.headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == nil || type == "application/x-www-form-urlencoded" else {
            throw OAuthRefusal(.invalidRequest, "the body must be application/x-www-form-urlencoded")
        }
        guard let form = String(validating: body.readableBytesView, as: UTF8.self).flatMap(Form.init) else {
            throw OAuthRefusal(.invalidRequest, "the form is malformed, or has a field twice")
        }
        return form
    }
}
