/// A change that an ``ObjectMirror`` has seen; the mirror holds it already.
public enum ObjectChange: Sendable, Hashable {
    /// The service has an owner and its objects are known: they follow, each as ``added(_:interface:properties:)``.
    case serviceAppeared
    /// The owner of the service has gone and all its objects with it.
    case serviceVanished
    /// An object has a new interface. For the first one the object itself is new.
    case added(ObjectPath, interface: String, properties: [String: BusValue])
    /// An object has lost an interface. With the last one the object has gone.
    case removed(ObjectPath, interface: String)
    /// Properties have new values, out of their variants; those named in `invalidated` have none any more.
    case changed(ObjectPath, interface: String, properties: [String: BusValue], invalidated: [String])
}

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
