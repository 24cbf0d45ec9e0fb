/// Which hub this is.
package enum HubBuild {
    /// The version of the program, as `strapline-hub --version` and `/metrics` tell it.
    package static let version = "0.1.0"
}
