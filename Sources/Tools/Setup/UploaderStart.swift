import TextFormats
import UploaderConfiguration

/// The command after a check: it starts the uploader of a configuration, or applies the configuration.
package enum UploaderStart {
    /// For the packaged service's configuration it is the service, where there is one.
    package static func advice(for configuration: String) async -> String {
        let configuration = ConfigurationFile.absolute(configuration)
        guard configuration == ServiceLayout.serviceConfiguration, await Systemctl.hasUnit() else {
            return advice(for: configuration, serviceIsRunning: nil)
        }
        let isActive = await Systemctl.run(["is-active", "--quiet", Systemctl.unit]).isGood
        return advice(for: configuration, serviceIsRunning: isActive)
    }

    /// Whether the service runs; nil if it does not read this configuration.
    static func advice(for configuration: String, serviceIsRunning: Bool?) -> String {
        switch serviceIsRunning {
        case nil: "Start it with: strapline run --config \(configuration.quotedForShell)"
        case false: "Start it with: sudo systemctl enable --now strapline"
        case true: "Apply it with: sudo systemctl reload strapline"
        }
    }
}
