/// The body of an upload with one file (RFC 7578).
struct MultipartForm: Sendable, Equatable {
    let contentType: String
    let bytes: [UInt8]

    /// `name` needs no escapes: it has letters, digits and hyphens.
    init(file: [UInt8], named name: String, field: String = "file") {
        let boundary = Self.boundary(for: file)
        contentType = "multipart/form-data; boundary=\(boundary)"
        let head = """
            --\(boundary)\r
            Content-Disposition: form-data; name="\(field)"; filename="\(name)"\r
            Content-Type: application/octet-stream\r
            \r

            """
        bytes = Array(head.utf8) + file + Array("\r\n--\(boundary)--\r\n".utf8)
    }

    /// A line that the file does not have.
    private static func boundary(for file: [UInt8]) -> String {
        for number in 0... {
            let boundary = "strapline-file-\(number)"
            if file.firstRange(of: Array("\r\n--\(boundary)".utf8)) == nil { return boundary }
        }
        preconditionFailure("there is always one more number")
    }
}
