/// Why bluetoothd could not be looked at; the texts are the bus's own.
public enum BluetoothSurveyError: Error, Sendable, Equatable {
    case busUnreachable(String)
    /// The bus, or its policy for `org.bluez`, turns this user away.
    case accessDenied(String)
    case bluetoothdMissing
    /// The bus is there, and bluetoothd answers with this error, or not at all.
    case bluetoothdFailed(String)
}
