import Pulsoid
import PulsoidAPI

/// What moves the show on.
enum Cue: Sendable {
    case room(PulsoidEvent<RoomMessage>)
    /// The user has seen enough.
    case curtain
    /// What is still on its way has had its time.
    case patienceIsOver
}
