package import BlueZ
import HeartRate
package import Outbox

/// A strap as an output sees it: its newest heart rate while it is live, or why there is none.
package struct LiveStrap: Sendable, Hashable {
    package enum Value: Sendable, Hashable {
        /// Of a live strap; at most ``LiveStrapTable/freshMilliseconds`` old.
        case heartRate(Reading)
        case none(Absence)
    }

    /// Why there is no heart rate. The raw value is its word in texts and templates.
    package enum Absence: String, Sendable, Hashable, CaseIterable {
        /// No link: the strap is searched for, out of range, off, or Bluetooth does not work.
        case disconnected
        /// The strap sends, but no heart rate.
        case noContact = "no contact"
        /// Connected, but nothing has come for some seconds.
        case stale
        /// The program ends, or the output is removed.
        case stopped
        /// The strap has left the configuration. The output gets this once.
        case removed
    }

    /// The name in the configuration.
    package var name: String
    package var value: Value
    /// The heart rates that have come since the output took the last update, oldest first, the newest included: no RR
    /// interval between two updates is missed. At most ``LiveStrapTable/mostReadings``. Empty if none has come.
    package var readings: [Reading] = []
    /// The address and the advertised name; nil before the first link. The name comes from the air: print it with
    /// `printable()`.
    package var device: StrapState.Device?
    /// Battery and Device Information, as far as they are known. They stay when the link is lost.
    package var details = StrapDetails()
    /// Whether the last packet reports skin contact. Nil without a link, and for a strap that cannot detect contact.
    package var hasContact: Bool?
    /// Nil while there is no heart rate.
    package var variability: LiveVariability?
    /// Whether anything here differs from the last update. A new reading with the same rate is a difference.
    package var isChanged = true

    package init(name: String, value: Value) {
        self.name = name
        self.value = value
    }

    /// The newest reading; nil while there is none.
    package var reading: Reading? {
        if case .heartRate(let reading) = value { reading } else { nil }
    }

    package var beatsPerMinute: Int? { reading.map { Int($0.measurement.beatsPerMinute) } }

    /// Why there is none; nil while there is a heart rate.
    package var absence: Absence? {
        if case .none(let absence) = value { absence } else { nil }
    }

    /// `live`, or why there is no heart rate: a word for templates and logs.
    package var stateWord: String { absence?.rawValue ?? "live" }
}

/// What an output takes at once: the present of all its straps.
package struct OutputUpdate: Sendable, Equatable {
    /// In the order of the configuration. Straps that were removed since the last update stand at the end.
    package let straps: [LiveStrap]
    /// Not nil in the last update. All straps are ``LiveStrap/Absence/stopped`` then.
    package let ending: OutputEnding?

    package init(straps: [LiveStrap], ending: OutputEnding? = nil) {
        self.straps = straps
        self.ending = ending
    }
}

/// Why an output ends.
package enum OutputEnding: Sendable, Equatable {
    case programEnds
    /// The output has left the configuration.
    case outputRemoved
    /// It has other settings now; an output with the new ones follows.
    case outputChanged
}
