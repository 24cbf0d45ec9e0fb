import BlueZ
import Files
import FoundationEssentials
import Glibc
import Synchronization
import UploaderConfiguration

/// The answers about a strap that is not in the configuration yet, in a file beside it: the next setup goes on with
/// them, however this one ends.
final class SetupAnswers: Sendable {
    struct Content: Codable, Equatable {
        /// `Polar H10 A1B2C3D4 (C4:11:22:33:44:55)`
        var title: String
        /// One of both.
        var address: String?
        var deviceName: String?
        /// The user's name for it.
        var name: String?
        /// The numbers of the destinations.
        var destinations: String?
        /// The address of a hub.
        var hub: String?

        var identity: StableIdentity? {
            if let deviceName { return .deviceName(deviceName) }
            return address.flatMap { BluetoothAddress($0) }.map(StableIdentity.address)
        }
    }

    private let path: String
    private let content: Mutex<Content>

    private init(_ content: Content, at path: String) {
        self.path = path
        self.content = Mutex(content)
    }

    /// Of a strap that was found and tried.
    init(_ device: NearbyDevice, _ identity: StableIdentity, beside configuration: String) {
        path = Self.path(beside: configuration)
        var content = Content(title: device.title)
        switch identity {
        case .address(let address): content.address = address.description
        case .deviceName(let name): content.deviceName = name
        }
        self.content = Mutex(content)
        save()
    }

    /// The answers that an earlier setup left; nil if there are none.
    static func kept(beside configuration: String) -> SetupAnswers? {
        let path = path(beside: configuration)
        guard let data = FileManager.default.contents(atPath: path),
            let content = try? JSONDecoder().decode(Content.self, from: data), content.identity != nil
        else { return nil }
        return SetupAnswers(content, at: path)
    }

    var current: Content { content.withLock { $0 } }

    /// Takes in an answer.
    func note(_ change: (inout Content) -> Void) {
        content.withLock { change(&$0) }
        save()
    }

    /// The strap is in the configuration, or not wanted.
    func discard() { unlink(path) }

    /// A folder that cannot be written is reported with the configuration.
    private func save() {
        guard let data = try? JSONEncoder().encode(current) else { return }
        StateDirectory.makeFolder(of: path)
        try? FileReplacement.replace(path, with: String(decoding: data, as: UTF8.self), isSecret: true)
    }

    private static func path(beside configuration: String) -> String { configuration + ".unfinished" }
}
