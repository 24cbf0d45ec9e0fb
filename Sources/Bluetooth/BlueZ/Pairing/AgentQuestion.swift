/// What bluetoothd asks the person in the name of a strap.
public enum AgentQuestion: Sendable, Hashable {
    /// The number of up to six digits that the strap shows, or that is printed on it or in its manual.
    case passkey
    /// 1 to 16 characters, for devices of before Bluetooth 2.1.
    case pinCode
    /// Whether the strap shows this number too.
    case confirmation(String)
}
