/// How a strap is paired: what it can show and be told, beside an agent with keyboard and display.
///
/// All but ``justWorks`` want proof that the right two are pairing (MITM protection): an agent without display and keys
/// cannot give it.
public enum PairingMethod: Sendable, Hashable {
    /// It neither shows nor takes anything; no proof.
    case justWorks
    /// It shows this number, or has it printed on its back: the person types it on the machine.
    case showsPasskey(UInt32)
    /// The person types on it what the machine shows.
    case takesPasskey(UInt32)
    /// It and the machine show the same number.
    case comparesPasskey(UInt32)
    /// As in Bluetooth 2.0.
    case pinCode(String)
}
