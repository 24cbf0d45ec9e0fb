/// What an ``ObjectMirror`` tells those who observe it; it holds the change already.
public enum MirrorUpdate: Sendable, Hashable {
    /// All objects were read: at the start, for a new owner of the service's name, or when they were asked for again.
    case loaded
    /// The owner of the service has gone and all its objects with it.
    case vanished
    /// One interface of one object has changed. Of a change in which only properties that are not kept have new values,
    /// `properties` is empty.
    case changed(ObjectChange)
}
