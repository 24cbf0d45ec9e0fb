/// How the strap beats for a while.
enum Phase: Sendable, Hashable {
    /// So many notifications a second, whatever becomes of them.
    case paced(perSecond: Int)
    /// As fast as readings arrive, with so many under way at once: none waits long, and none is lost, whatever the
    /// program's speed.
    case driven(underWay: Int)
}
