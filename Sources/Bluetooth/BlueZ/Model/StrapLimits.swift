import Timing

/// How long a session waits for what, and why so long.
enum StrapLimits {
    /// Straps send about once a second. Ten lost in a row are no radio noise any more: the strap is frozen, or the
    /// link is dead and the kernel does not know.
    static let silence: Duration = .seconds(10)

    /// The longest silence of a strap that sends seldom (``SendingRhythm``).
    static let longestSilence: Duration = .seconds(60)

    /// So many notifications in a row that are no measurement put off the end of the link. A device that sends nothing
    /// else cannot be read; fewer may be a fault of the moment.
    static let malformedPackets = 20

    /// After so many in a row they are the reason of the state.
    static let reportedMalformedPackets = 5

    /// A strap sends about once a second, and needs some seconds to find the pulse. A candidate for *first* that has
    /// sent no heart rate by then is left when another is heard.
    static let trial: Duration = .seconds(20)

    /// How long candidates that were left are not tried again; doubled with each time.
    static let patience: Duration = .seconds(60)
    static let longestPatience: Duration = .seconds(300)

    /// A private address is changed every 15 minutes, or when the device starts: a device that is not heard for so long
    /// has another one by now.
    static let privateAddress: Duration = .seconds(120)

    /// Between two requests over another program's link: a refused call costs nothing.
    static let standBy: Duration = .seconds(20)

    /// A broadcast is advertised several times a second and is another one about every second. So many missed in a row
    /// are no radio noise, and the scan pauses for no longer unless a connection is hard to make.
    static let broadcastSilence: Duration = .seconds(10)

    /// `Connect` fails by itself after 20 to 40 s, on a Raspberry Pi later; past this it hangs.
    static let connect: Duration = .seconds(60)

    /// The same limit while other straps wait for the adapter, which can neither scan nor connect then. A strap that
    /// was just found connects within 5 s, or is gone again.
    static let connectWhileOthersWait: Duration = .seconds(15)

    /// So many times in a row a session waits for another program's `Connect`, for ``connectWhileOthersWait`` each:
    /// longer than one takes to fail by itself.
    static let waitsForOthers = 3

    /// Reading the services takes some 1 to 5 s, with an old strap or a bad link 15.
    static let resolve: Duration = .seconds(30)

    /// bluetoothd says "services resolved" up to 2 s before it shows them, after a crash of its own longer.
    static let gattObjects: Duration = .seconds(3)

    /// `StartNotify` takes under 1 s; with a strap that wants encryption it fails after 30 s, or never answers.
    static let subscribe: Duration = .seconds(35)

    /// `RegisterAgent` and `RequestDefaultAgent` take milliseconds. A hung bluetoothd must be reported.
    static let registerAgent: Duration = .seconds(25)

    /// `Pair` without a dialogue takes under 1 s. The strap has 30 s for its part.
    static let pair: Duration = .seconds(35)

    /// Reading a value takes about 0.1 s. Nothing waits for it, and the value is optional.
    static let read: Duration = .seconds(5)

    /// `Disconnect` is a matter of 0.1 to 2 s; after this the next attempt has to cope.
    static let leave: Duration = .seconds(10)

    /// How long the answer to `Disconnect` is waited for when the link is gone. Of a device whose services it has not
    /// resolved bluetoothd 5.66 never answers.
    static let lateAnswer: Duration = .seconds(1)

    /// bluetoothd takes 2 s to end a link. The rest of the program, which must be gone within 5 s, needs some time too.
    static let stop: Duration = .seconds(3)

    /// So many failures in a row are answered at once, with the next sighting: straps answer the first attempt badly
    /// and the second well (`le-connection-abort-by-local`).
    static let quickRetries = 3

    /// After the quick retries. The cap is low, because a strap is connected only after it was found, and its user
    /// watches the screen. A failing `Connect` itself prevents a busy loop.
    static let retry = Backoff(base: .seconds(1), cap: .seconds(8))

    /// After failures that a retry hardly fixes: the device is not a heart rate strap, or requires pairing.
    static let hopelessRetry = Backoff(base: .seconds(10), cap: .seconds(60))
}
