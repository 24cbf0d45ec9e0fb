import BlueZ
import OSC
import Outbox

/// Everything that one OSC output shows of its straps, as a value without a clock: updates in, messages out. Times are
/// microseconds since the machine booted.
struct OSCPresent: Sendable {
    private let settings: OSCSettings
    private var machines: [String: OSCParameterMachine] = [:]
    private var chatbox = OSCChatbox()

    init(_ settings: OSCSettings) {
        self.settings = settings
    }

    /// The messages to send now.
    mutating func take(_ update: OutputUpdate, atMicroseconds now: Int64) -> [OSCMessage] {
        guard update.ending == nil else { return takeEnd() }
        var messages: [OSCMessage] = []
        for strap in update.straps {
            if strap.absence == .removed {
                messages += machines[strap.name]?.takeEnd() ?? []
                machines[strap.name] = nil
            } else {
                messages += take(strap, now)
            }
        }
        chatbox.show(settings.chatboxText(of: update.straps))
        return messages + [chatbox.takeDue(atMicroseconds: now)].compactMap(\.self)
    }

    /// When there is something to send, if nothing else happens.
    var nextMicroseconds: Int64 {
        machines.values.reduce(chatbox.nextMicroseconds) { min($0, $1.nextMicroseconds) }
    }

    private mutating func take(_ strap: LiveStrap, _ now: Int64) -> [OSCMessage] {
        var machine =
            machines[strap.name] ?? OSCParameterMachine(settings.families, prefix: settings.prefix(ofStrap: strap.name))
        defer { machines[strap.name] = machine }
        if let newest = strap.reading {
            // The first update may have a reading that came before this output began.
            let isKnown = !strap.readings.isEmpty || machine.heart.isLive
            for reading in isKnown ? strap.readings : [newest] {
                machine.take(OSCReading(reading, batteryPercent: strap.details.batteryPercent.map { Int($0) }))
            }
            machine.take(rmssd: strap.variability?.rmssd, sdnn: strap.variability?.sdnn)
        } else if machine.heart.isLive {
            machine.stop()
        }
        return machine.takeDue(atMicroseconds: now)
    }

    private mutating func takeEnd() -> [OSCMessage] {
        var messages: [OSCMessage] = []
        for name in machines.keys.sorted() { messages += machines[name]?.takeEnd() ?? [] }
        machines = [:]
        return messages + [chatbox.takeEnd()].compactMap(\.self)
    }
}
