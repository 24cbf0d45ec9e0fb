import Timing

/// The time limits of a session, with reasons.
enum StrapLimits {
    /// Straps send about once a second. Ten lost in a row are no radio noise any more: the strap is frozen, or the
    /// link is dead and the kernel does not know.
    static let silence: Duration = .seconds(10)

    /// The longest silence of a strap that sends seldom (``SendingRhythm``).
    static let longestSilence: Duration = .seconds(60)

    /// The number of malformed notifications in a row that still postpone the end of the link. A device that sends only
    /// those is unreadable; fewer may be chance.
    static let malformedPackets = 20

    /// The number in a row from which they are the reason of the state.
    static let reportedMalformedPackets = 5

    /// A strap sends about once a second, and needs some seconds to find the pulse. A candidate for *first* that has
    /// sent no heart rate by then is left when another is heard.
    static let trial: Duration = .seconds(20)

    /// How long candidates that were left are not tried again; doubled with each time.
    static let patience: Duration = .seconds(60)
    static let longestPatience: Duration = .seconds(300)

    /// A device changes its private address every 15 minutes, or when it starts. A device that was not found for this
    /// time has another address by now.
    static let privateAddress: Duration = .seconds(120)

    /// Between two requests over another program's link: a refused call costs nothing.
    static let standBy: Duration = .seconds(20)

    /// A broadcast is advertised several times a second, and changes about every second. Only a broken link misses all
    /// of them for this time. The scan pauses for a shorter time, unless a connection is hard to make.
    static let broadcastSilence: Duration = .seconds(10)

    /// `Connect` fails by itself after 20 to 40 s, on a Raspberry Pi later; past this it hangs.
    static let connect: Duration = .seconds(60)

    /// The same limit while other straps wait for the adapter, which can neither scan nor connect then. A strap that
    /// was just found connects within 5 s, or is gone again.
    static let connectWhileOthersWait: Duration = .seconds(15)

    /// The number of waits in a row for `Connect` of another program, each for ``connectWhileOthersWait``. Together
    /// they are longer than `Connect` takes to fail.
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

    /// The limit for the answer to `Disconnect` after the link is gone. bluetoothd 5.66 never answers for a device with
    /// unresolved services.
    static let lateAnswer: Duration = .seconds(1)

    /// bluetoothd takes 2 s to end a link. The rest of the program, which must be gone within 5 s, needs some time too.
    static let stop: Duration = .seconds(3)

    /// The number of failures in a row with an immediate retry at the next advertisement. Straps answer the first
    /// attempt badly and the second well (`le-connection-abort-by-local`).
    static let quickRetries = 3

    /// After the quick retries. The cap is low, because a strap is connected only after it was found, and its user
    /// watches the screen. A failing `Connect` itself prevents a busy loop.
    static let retry = Backoff(base: .seconds(1), cap: .seconds(8))

    /// After failures that a retry hardly fixes: the device is not a heart rate strap, or requires pairing.
    static let hopelessRetry = Backoff(base: .seconds(10), cap: .seconds(60))
}
