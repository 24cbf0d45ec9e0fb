/// What this room allows at most, so that no peer and no slow consumer can make it grow without bound.
public enum BusLimits {
    /// A message larger than this ends the connection (received) or is refused (sent). `GetManagedObjects` of a busy
    /// bluetoothd is some 100 kB; system buses accept 32 MiB.
    public static let messageBytes = 16 * 1024 * 1024

    /// Received messages that wait to be processed: beyond it libdbus stops reading from the socket.
    static let receivedBytes = 2 * messageBytes

    /// Once this much waits to be written, ``Bus/waitForRoom()`` suspends.
    static let comfortableOutgoingBytes = 1024 * 1024

    /// Once this much waits to be written, nothing more is accepted. Two messages of the largest size fit.
    static let outgoingBytes = 2 * messageBytes

    /// Containers within containers in a sent value. The D-Bus specification allows 32 arrays and 32 structures.
    public static let nesting = 32

    /// How long a method call waits for its reply unless told otherwise; libdbus and GDBus use 25 s as well.
    public static let callTimeout: Duration = .seconds(25)

    /// Signals that wait for a slow consumer unless told otherwise: 17 minutes of one strap's notifications.
    public static let signalBuffer = 1024

    /// Method calls of peers being answered at the same time; more are refused with `LimitsExceeded`.
    static let concurrentIncomingCalls = 1024

    /// How often an unfinished authentication is looked at, should the socket not wake us.
    static let authenticationPollMilliseconds: Int32 = 20
}
