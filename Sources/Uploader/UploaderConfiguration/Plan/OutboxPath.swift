import Files
import FoundationEssentials

/// Where the uploader of a configuration keeps its outbox.
package struct OutboxPath: Equatable {
    package let path: String
    /// Whether the configuration names it.
    package let isNamed: Bool

    /// The one that the configuration names, else the packaged service's at `place`, else this user's own.
    package init(
        _ configuration: Configuration? = nil, at place: ServiceLayout?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        isNamed = configuration?.outbox?.path != nil
        path =
            configuration?.outbox?.path
            ?? (place?.stateFolder ?? StateDirectory.path(environment: environment)) + "/outbox.sqlite"
    }

    /// The same for a file, from outside the unit of the service; this user's own without a file.
    package init(ofFile file: String?) throws(ConfigurationError) {
        guard let file else {
            self.init(at: nil)
            return
        }
        self.init(try ConfigurationFile.read(file), at: ServiceLayout(configuration: file))
    }
}
