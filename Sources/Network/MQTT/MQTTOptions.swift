package import Tokens

/// How a client connects to a broker.
package struct MQTTOptions: Sendable {
    package struct Login: Sendable {
        package var user: String
        /// Read at each connection, so that a changed password counts at once. Nil for none.
        package var password: SecretFile?

        package init(user: String, password: SecretFile?) {
            self.user = user
            self.password = password
        }
    }

    package var address: MQTTAddress
    package var clientID: String
    package var login: Login?
    /// A file of certificates that are trusted beside those of the system.
    package var certificateFile: String?
    /// What the broker publishes when the connection ends without a DISCONNECT.
    package var will: MQTTMessage?
    /// The broker publishes the will after one and a half of this without a sign of life.
    package var keepAliveSeconds: Int32 = 15

    package init(
        address: MQTTAddress, clientID: String, login: Login? = nil, certificateFile: String? = nil,
        will: MQTTMessage? = nil
    ) {
        self.address = address
        self.clientID = clientID
        self.login = login
        self.certificateFile = certificateFile
        self.will = will
    }
}
