import Destinations
import MQTT

/// `kind: mqtt`: topics at a broker, and devices of Home Assistant.
struct MQTTKind: OutputKind {
    /// How long the doctor waits for the broker.
    private static let probeLimit: Duration = .seconds(10)

    let name = "mqtt"
    let title = "MQTT"
    let options = MQTTSettings.options

    func summary(of settings: OutputSettings) -> String {
        guard let own = try? MQTTSettings(settings.options, name: settings.name) else { return "MQTT" }
        let login = own.login.map { ", as \($0.user)" } ?? ""
        let home = own.discoveryPrefix == nil ? "" : ", with devices of Home Assistant"
        return "topics \(own.topics.prefix)/… at \(own.address)\(login)\(home)"
    }

    func furtherMistake(in values: OptionValues, showsSeveral: Bool) -> OptionMistake? {
        do throws(MQTTSettings.Problem) {
            _ = try MQTTSettings(values, name: name)
            return nil
        } catch {
            return OptionMistake(key: error.key, message: error.message)
        }
    }

    func places(of values: OptionValues, straps: [String]) -> [String] {
        guard let own = try? MQTTSettings(values, name: name) else { return [] }
        let names = MQTTTopics.names(of: straps)
        return straps.compactMap { names[$0] }.flatMap { name in
            let topics = "the topics \(own.topics.prefix)/\(name) at \(own.address)"
            // Prefixes and names that differ can make one id: `home/gym` and `home_gym`.
            let device = own.discoveryPrefix.map { own.topics.device(of: name, below: $0) }
            return [topics] + (device.map { ["the topic \($0) at \(own.address)"] } ?? [])
        }
    }

    func problems(with settings: OutputSettings) -> [String] {
        let files = (try? MQTTSettings(settings.options, name: settings.name))?.fileProblems ?? []
        do throws(MQTTFailure) {
            _ = try MosquittoLibrary()
            return files
        } catch {
            return [error.description] + files
        }
    }

    func warnings(about settings: OutputSettings) -> [String] {
        let address = (try? MQTTSettings(settings.options, name: settings.name))?.address
        return [address?.encryptionWarning].compactMap(\.self)
    }

    func output(_ settings: OutputSettings, _ context: OutputContext) throws -> any Output {
        do throws(MQTTSettings.Problem) {
            return MQTTOutput(try MQTTSettings(settings.options, name: settings.name), context)
        } catch {
            throw MQTTFailure(.configuration, error.message)
        }
    }

    /// Connects as another client, and publishes nothing.
    func probe(_ settings: OutputSettings, _ context: OutputContext) async -> OutputProbeAnswer {
        do throws(MQTTSettings.Problem) {
            let own = try MQTTSettings(settings.options, name: settings.name)
            return await probe(own, context)
        } catch {
            return .broken(error.message, remedy: nil)
        }
    }

    private func probe(_ settings: MQTTSettings, _ context: OutputContext) async -> OutputProbeAnswer {
        var options = settings.connection
        options.clientID += "-doctor"
        do throws(MQTTFailure) {
            let connection = try MQTTConnection(options, MosquittoLibrary(), thread: context.thread)
            try await connection.open(within: Self.probeLimit, clock: context.clock)
            await connection.close()
            return .works("\(settings.address) accepts the connection\(settings.login == nil ? "" : " and the login")")
        } catch {
            return .broken(error.description, remedy: nil)
        }
    }
}
