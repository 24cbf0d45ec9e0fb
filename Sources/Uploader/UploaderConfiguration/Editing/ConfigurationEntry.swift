/// An item of a list in the configuration, which can be added to a file's text.
package protocol ConfigurationEntry {
    /// The key of the list.
    static var list: String { get }
    /// `strap`
    static var noun: String { get }

    /// The lines of YAML, the first one with the dash.
    func lines(indent: Int) -> [String]
}
