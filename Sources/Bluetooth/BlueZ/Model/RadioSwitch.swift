import FoundationEssentials

/// A switch of the kernel's `rfkill` for Bluetooth.
public struct RadioSwitch: Sendable, Equatable {
    /// What holds a radio off, and who can undo it.
    public enum Block: Sendable, Equatable {
        /// A program, such as `rfkill block` or a desktop's flight mode.
        case soft
        /// A switch of the machine, or its firmware.
        case hard
    }

    /// `hci0`, or the name of a switch of the whole machine.
    public var name: String
    /// Nil when it blocks nothing.
    public var block: Block?

    public init(name: String, block: Block?) {
        self.name = name
        self.block = block
    }

    /// Reads all of them
    /// ([sysfs-class-rfkill](https://www.kernel.org/doc/Documentation/ABI/stable/sysfs-class-rfkill)); none where the
    /// kernel has no rfkill.
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
