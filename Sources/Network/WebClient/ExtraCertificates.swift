import CCurl
import FoundationEssentials

/// Certificates of authorities that are trusted beside those of the system: for a hub of one's own with a certificate
/// that no known authority has signed.
package struct ExtraCertificates: Sendable, Equatable {
    /// Why there are none.
    package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// As they stand in the file.
    package let pem: [UInt8]

    /// Reads a file of certificates in PEM.
    package init(file path: String) throws(Failure) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(description: "The file of certificates \(path) cannot be read. May this user read it?")
        }
        guard String(decoding: data, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
            throw Failure(
                description: "\(path) holds no certificate: it must be PEM, beginning with -----BEGIN CERTIFICATE-----."
            )
        }
        pem = Array(data)
    }

    /// With the system's bundle where libcurl knows no folder of the system's certificates.
    ///
    /// Certificates given as text replace libcurl's bundle (`CURLOPT_CAINFO`) but not its folder (`CURLOPT_CAPATH`),
    /// which Debian's has.
    var withSystemBundle: [UInt8] {
        guard Self.systemPath(CURLINFO_CAPATH) == nil, let bundle = Self.systemPath(CURLINFO_CAINFO),
            let data = FileManager.default.contents(atPath: bundle)
        else { return pem }
        return pem + [UInt8(ascii: "\n")] + data
    }

    private static func systemPath(_ info: CURLINFO) -> String? {
        guard let handle = curl_easy_init() else { return nil }
        defer { curl_easy_cleanup(handle) }
        var path: UnsafePointer<CChar>?
        guard ccurl_get_string(handle, info, &path) == CURLE_OK else { return nil }
        return path.map { String(cString: $0) }
    }
}
