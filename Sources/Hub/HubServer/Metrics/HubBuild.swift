/// The version of the hub.
package enum HubBuild {
    /// The version in `strapline-hub --version` and in `/metrics`.
    package static let version = "0.1.0"
}
