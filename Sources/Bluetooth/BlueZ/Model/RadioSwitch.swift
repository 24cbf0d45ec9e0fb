import FoundationEssentials

/// A switch of the kernel's `rfkill` for Bluetooth.
public struct RadioSwitch: Sendable, Equatable {
    /// The kind of a block.
    public enum Block: Sendable, Equatable {
        /// A program blocks it, such as `rfkill block` or the flight mode of a desktop.
        case soft
        /// A switch of the machine or its firmware blocks it.
        case hard
    }

    /// `hci0`, or the name of a switch of the whole machine.
    public var name: String
    /// The block; nil without one.
    public var block: Block?

    /// Makes a switch.
    public init(name: String, block: Block?) {
        self.name = name
        self.block = block
    }

    /// Reads all switches
    /// ([sysfs-class-rfkill](https://www.kernel.org/doc/Documentation/ABI/stable/sysfs-class-rfkill)). Empty without
    /// rfkill in the kernel.
    public static func all(in folder: String = "/sys/class/rfkill") -> [RadioSwitch] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { entry in
            func value(_ file: String) -> String? {
                let data = FileManager.default.contents(atPath: "\(folder)/\(entry)/\(file)")
                return data.map { String(decoding: $0.prefix { $0 > UInt8(ascii: " ") }, as: UTF8.self) }
            }
            guard value("type") == "bluetooth" else { return nil }
            let block: Block? = value("hard") == "1" ? .hard : value("soft") == "1" ? .soft : nil
            return RadioSwitch(name: value("name") ?? entry, block: block)
        }
    }
}
