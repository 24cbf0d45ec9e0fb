/// How the heart rate of a strap is had.
public enum StrapMode: Sendable, Hashable {
    /// Over a connection: every strap can do that, and sends RR intervals too.
    case connect
    /// From what a Polar strap advertises to everybody, without ever connecting to it: one adapter hears any number of
    /// straps.
    case broadcast
}
