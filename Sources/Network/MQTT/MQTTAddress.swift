import TextFormats
import WebClient

/// The address of a broker: `mqtt://homeassistant.local`, or `mqtts://broker.example.net:8883` with TLS.
package struct MQTTAddress: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is no address of a broker, as a sentence.
    package struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        package let description: String

        fileprivate init(description: String) {
            self.description = description
        }

        fileprivate init(_ address: String, _ problem: String) {
            let example = "Write it like mqtt://homeassistant.local or mqtts://broker.example.net:8883"
            let shown = ServiceAddressError.withoutSecrets(address).printable()
            description = "The address \"\(shown)\" \(problem). \(example)."
        }
    }

    package let isSecure: Bool
    /// A name, an IPv4 address, or an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    /// Whether the text names the port, rather than leaving out the scheme's own.
    private let hasExplicitPort: Bool

    private static let schemes = [("mqtt://", false), ("mqtts://", true)]

    package init(_ text: String) throws(Problem) {
        guard let (scheme, isSecure) = Self.schemes.first(where: { text.lowercased().hasPrefix($0.0) }) else {
            throw Problem(text, "begins with neither mqtt:// nor mqtts:// (TLS)")
        }
        let rest = text.dropFirst(scheme.count)
        // A login in an address would stand in logs.
        guard !rest.contains("@") else {
            throw Problem(description: "The address has a login. Move it into `user` and `password_file`")
        }
        let authority = rest.last == "/" ? rest.dropLast() : rest
        let parts: ServiceAddress
        do throws(ServiceAddressError) {
            // The rules for host and port are those of HTTP.
            parts = try ServiceAddress("http://\(authority)")
        } catch {
            throw Problem(text, error.problem)
        }
        guard parts.prefix.isEmpty else { throw Problem(text, "holds more than a host and a port") }
        host = parts.host
        // The authority has a port only if the text has one.
        hasExplicitPort = parts.authority.hasSuffix("]:\(parts.port)") || parts.authority == "\(host):\(parts.port)"
        port = hasExplicitPort ? parts.port : isSecure ? 8883 : 1883
        self.isSecure = isSecure
    }

    package var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return (isSecure ? "mqtts://" : "mqtt://") + name + (hasExplicitPort ? ":\(port)" : "")
    }

    /// A warning that others can read the data, with the fix; nil with TLS and on this machine.
    package var encryptionWarning: String? {
        guard !isSecure else { return nil }
        let fix = "To encrypt, give the broker a certificate and write mqtts://."
        switch HostReach(host) {
        case .thisMachine: return nil
        case .localNetwork:
            return "\(self) is not encrypted: the password and the heart rate can be read by others on this network. "
                + "In a home network you may accept that. \(fix)"
        case .beyond:
            return "\(self) is not encrypted: the password and the heart rate can be read on the way. \(fix)"
        }
    }
}
