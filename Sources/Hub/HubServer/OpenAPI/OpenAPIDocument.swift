import HTTPTypes
import NIOCore

/// The description of the published calls, in OpenAPI 3.1: `Sources/Hub/HubServer/OpenAPI/openapi.json`, kept by
/// hand. Tests compare it with the hub.
enum OpenAPIDocument {
    static let response = HubResponse(
        status: .ok, fields: [.contentType: HubResponse.jsonContentType],
        body: ByteBuffer(bytes: PackageResources.openapi_json))
}
