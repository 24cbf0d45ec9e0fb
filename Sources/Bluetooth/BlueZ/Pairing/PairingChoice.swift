/// What a person chose among the straps that were shown.
public enum PairingChoice: Sendable, Hashable {
    case device(BluetoothAddress)
    case lookAgain
    case giveUp
}
