/// A change of the objects in an ``ObjectMirror``. The mirror contains it already.
public enum ObjectChange: Sendable, Hashable {
    /// The service has an owner, and its objects are known. They follow as ``added(_:interface:properties:)``.
    case serviceAppeared
    /// The service has lost its owner and all its objects.
    case serviceVanished
    /// An object has a new interface. With its first one the object is new.
    case added(ObjectPath, interface: String, properties: [String: BusValue])
    /// An object has lost an interface. With its last one the object is gone.
    case removed(ObjectPath, interface: String)
    /// Properties have new, unwrapped values. Those in `invalidated` have no value.
    case changed(ObjectPath, interface: String, properties: [String: BusValue], invalidated: [String])
}

/// An update for the observers of an ``ObjectMirror``. The mirror contains it already.
package enum MirrorUpdate: Sendable, Hashable {
    /// All objects were read: at the start, for a new owner of the name, or for ``ObjectMirror/refresh()``.
    case loaded
    /// The service has lost its owner and all its objects.
    case vanished
    /// One interface of one object has changed. `properties` is empty if only skipped properties have new values.
    case changed(ObjectChange)
}
