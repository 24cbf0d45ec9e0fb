/// The limits of a connection. They bound its memory against peers and slow consumers.
public enum BusLimits {
    /// The largest message. A larger received one ends the connection, a larger sent one throws. `GetManagedObjects` of
    /// a busy bluetoothd takes about 100 kB. System buses accept 32 MiB.
    public static let messageBytes = 16 * 1024 * 1024

    /// The size of unprocessed received messages. Beyond it libdbus stops reading from the socket.
    static let receivedBytes = 2 * messageBytes

    /// Above this size of outgoing messages ``Bus/waitForSpace()`` waits.
    static let comfortableOutgoingBytes = 1024 * 1024

    /// Above this size of outgoing messages, sending throws. Two messages of the largest size fit.
    static let outgoingBytes = 2 * messageBytes

    /// The deepest nesting of containers in a sent value. The specification allows 32 arrays and 32 structures.
    public static let nesting = 32

    /// The default time-out of a method call, as in libdbus and GDBus.
    public static let callTimeout: Duration = .seconds(25)

    /// The default buffer of a ``SignalStream``: 17 minutes of one signal a second.
    public static let signalBuffer = 1024

    /// The number of concurrent calls of peers. Further ones are answered with `LimitsExceeded`.
    static let concurrentIncomingCalls = 1024

    /// The interval of checks during authentication, if the socket does not wake the thread.
    static let authenticationPollMilliseconds: Int32 = 20
}
