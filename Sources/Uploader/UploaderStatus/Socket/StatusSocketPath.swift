/// Where a running uploader answers `strapline status`.
package enum StatusSocketPath {
    /// Where `packaging/strapline.service` puts it: the folder of the outbox is closed to others there.
    static let ofTheService = "/run/strapline/status.sock"

    /// `status.sock` in `$RUNTIME_DIRECTORY` (systemd), else beside the outbox.
    package static func path(outbox: String, environment: [String: String]) -> String {
        guard let directory = environment["RUNTIME_DIRECTORY"], !directory.isEmpty else { return outbox + ".status" }
        // systemd names several with colons between them; the first is ours
        return directory.prefix { $0 != ":" } + "/status.sock"
    }

    /// Where to ask, in this order: a terminal does not have the service's environment.
    package static func candidates(outbox: String, environment: [String: String]) -> [String] {
        let own = path(outbox: outbox, environment: environment)
        return own == ofTheService ? [own] : [own, ofTheService]
    }
}
