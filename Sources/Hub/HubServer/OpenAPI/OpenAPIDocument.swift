import HTTPTypes
import NIOCore

/// The description of everything published here, in OpenAPI 3.1: `Sources/Hub/HubServer/OpenAPI/openapi.json`, kept by hand, and
/// what the tests hold the hub against.
enum OpenAPIDocument {
    static let response = HubResponse(
        status: .ok, fields: [.contentType: HubResponse.jsonContentType],
        body: ByteBuffer(bytes: PackageResources.openapi_json))
}
