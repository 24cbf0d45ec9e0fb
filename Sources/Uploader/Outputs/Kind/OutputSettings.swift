package import Destinations

/// One output of a plan, with every default filled in.
package struct OutputSettings: Sendable, Hashable {
    /// Names the output among all.
    package var name: String
    /// The strap that it shows; nil for all.
    package var strap: String?
    /// The values of ``OutputKind/options``.
    package var options: OptionValues
    /// The folder in memory for files of this run: `/run/strapline`.
    package var runtimeFolder: String

    package init(name: String, strap: String? = nil, options: OptionValues = OptionValues(), runtimeFolder: String) {
        self.name = name
        self.strap = strap
        self.options = options
        self.runtimeFolder = runtimeFolder
    }
}
