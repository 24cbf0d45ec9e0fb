import FoundationEssentials
package import WebClient

extension NetworkSection {
    /// A problem with the network settings of the configuration.
    package struct Problem: Error, Equatable, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    /// Reads the files and the environment that the section names. Takes one that follows the ``ConfigurationRules``.
    package func settings(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Problem) -> NetworkSettings {
        do {
            let login = try login(environment)
            let proxy = try proxy.map { text in
                NetworkSettings.Proxy(address: try ProxyAddress(text), login: login, exceptions: noProxy ?? [])
            }
            return NetworkSettings(
                proxy: proxy, certificates: try certificateFile.map { try ExtraCertificates(file: $0) })
        } catch {
            throw Problem(description: "\(error)")
        }
    }

    private func login(_ environment: [String: String]) throws(Problem) -> ProxyLogin? {
        if let path = proxyLoginFile {
            let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
            guard let login = text.flatMap({ ProxyLogin($0) }) else {
                throw Problem(
                    description: "The file \(path) must be readable and hold the proxy's login as user:password.")
            }
            return login
        }
        guard let variable = proxyLoginEnvironment else { return nil }
        guard let login = environment[variable].flatMap({ ProxyLogin($0) }) else {
            throw Problem(
                description: "The environment variable \(variable) must hold the proxy's login as user:password.")
        }
        return login
    }
}
