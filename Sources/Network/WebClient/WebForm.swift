/// The fields of an HTML form as a body (`application/x-www-form-urlencoded`, as OAuth wants it).
package enum WebForm {
    package static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(ServiceAddress.percentEncoded($0.name))=\(ServiceAddress.percentEncoded($0.value))" }
            .joined(separator: "&")
    }
}
