import DBus
import HeartRate

extension PairingMachine {
    enum Event: Equatable, Sendable {
        case observed(BlueZSnapshot)
        case adapter(ObjectPath, AdapterScheduler.Event)
        /// The choice of the user among the offered devices.
        case chosen(PairingChoice)
        case agentAnswered(BusError?)
        case connectAnswered(BusError?)
        case subscribeAnswered(BusError?)
        case pairAnswered(BusError?)
        case trustAnswered(BusError?)
        /// `RemoveDevice` returned, however.
        case removed
        case measured(HeartRateMeasurement)
        /// ``Action/leave(disconnecting:)`` is done, as far as possible.
        case left
        case deadlinePassed
        /// The user or the time limit ends it.
        case stop
    }

    enum Action: Equatable, Sendable {
        case adapter(ObjectPath, AdapterScheduler.Action)
        case setDeadline(DeadlineSpec?)
        /// The list of devices is another one.
        case show([NearbyDevice])
        /// Answered by ``Event/chosen(_:)``.
        case ask([NearbyDevice])
        case progress(PairingProgress)
        /// An agent that answers bluetoothd's questions about this device, and no other.
        case registerAgent(for: ObjectPath)
        case connect(ObjectPath)
        case refreshObjects
        /// Listens to this characteristic and calls `StartNotify`.
        case subscribe(ObjectPath)
        case pair(ObjectPath)
        case trust(ObjectPath)
        /// `RemoveDevice`, answered by ``Event/removed``.
        case removeDevice(ObjectPath, adapter: ObjectPath)
        /// Ends the subscription and the agent, if there are any, and with a device its connection; answered by
        /// ``Event/left``.
        case leave(disconnecting: ObjectPath?)
    }
}
