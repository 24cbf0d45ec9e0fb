/// Why there is no connection to a broker, as a sentence with the next step. Never shows a password.
package struct MQTTFailure: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case libraryMissing
        /// The name of the broker is not known.
        case nameNotFound
        case connectionRefused
        case unreachable
        /// The broker did not answer in time.
        case timedOut
        case tls
        /// The broker speaks TLS at this port, or something else than MQTT.
        case closedBeforeAnswer
        case loginRefused
        case notAuthorised
        case clientIDRefused
        case brokerUnavailable
        case protocolRefused
        case connectionLost
        /// Something in the options: a file, for example.
        case configuration
        case other
    }

    package let code: Code
    /// The library's or the system's own words; empty if there are none.
    package let detail: String

    package init(_ code: Code, _ detail: String = "") {
        self.code = code
        self.detail = detail
    }

    package var description: String {
        let cause = detail.isEmpty ? "" : " (\(detail))"
        return switch code {
        case .libraryMissing:
            "MQTT needs libmosquitto, which is not installed\(cause). Run: sudo apt install libmosquitto1"
        case .nameNotFound: "the broker's name is not known\(cause). Check `address`"
        case .connectionRefused: "no program listens at the broker's address\(cause). Is the broker running?"
        case .unreachable: "the broker cannot be reached\(cause)"
        case .timedOut: "the broker did not answer in time\(cause)"
        case .tls: "TLS failed\(cause). \(tlsAdvice)"
        case .closedBeforeAnswer:
            "the broker closed the connection before it answered\(cause). Is this its port for TLS? Write mqtts://"
        case .loginRefused: "the broker rejected the user name or the password. Check `user` and `password_file`"
        case .notAuthorised:
            "the broker did not allow the connection. It may need a login: set `user` and `password_file`"
        case .clientIDRefused: "the broker rejected the client id. Set `client_id`"
        case .brokerUnavailable: "the broker is not available at present"
        case .protocolRefused: "the broker does not speak MQTT 3.1.1"
        case .connectionLost: "the connection to the broker was lost\(cause)"
        case .configuration: detail
        case .other: "MQTT failed\(cause)"
        }
    }

    /// By OpenSSL's words for the reason.
    private var tlsAdvice: String {
        if detail.contains("wrong version number") || detail.contains("packet length too long") {
            return "Is this the broker's port without TLS? Write mqtt:// for it"
        }
        if detail.contains("certificate verify failed") {
            return "Set `ca_file` to the certificate of the broker's authority, and use the name in the certificate"
        }
        return "Check the port and `ca_file`"
    }
}

extension MQTTFailure {
    /// Translates the answer of a broker to CONNECT (MQTT 3.1.1, section 3.2.2.3).
    init(connectAnswer code: Int32) {
        switch code {
        case 1: self.init(.protocolRefused)
        case 2: self.init(.clientIDRefused)
        case 3: self.init(.brokerUnavailable)
        case 4: self.init(.loginRefused)
        case 5: self.init(.notAuthorised)
        default: self.init(.other, "answer \(code) to CONNECT")
        }
    }
}
