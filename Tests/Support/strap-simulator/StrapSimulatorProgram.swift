import BlueZSimulator
import EventThread
import Glibc

/// A simulated bluetoothd with straps, for tests that are not in Swift. `strap-simulator ADDRESS` serves it on the bus
/// at that address, and takes one command a line from its standard input, which it answers with `ok` or `no`:
///
/// | Command | Effect |
/// | --- | --- |
/// | `add C4:11:22:33:44:55 Name` | a strap comes into range |
/// | `notify C4:11:22:33:44:55 1648` | it sends these bytes; `no` if no client listens |
/// | `battery C4:11:22:33:44:55 55` | its battery has this charge in per cent |
/// | `disappear C4:11:22:33:44:55` | it goes out of range |
/// | `appear C4:11:22:33:44:55` | it comes back |
@main struct StrapSimulatorProgram {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: strap-simulator ADDRESS-OF-A-BUS")
            exit(EX_USAGE)
        }
        let simulator = try await Simulator.start(on: CommandLine.arguments[1])
        answer(true)
        _ = fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK)
        var rest = ""
        while true {
            await EventThread.shared.untilReadable(STDIN_FILENO)
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = read(STDIN_FILENO, &bytes, bytes.count)
            if count == 0 { return }
            guard count > 0 else { continue }
            rest += String(decoding: bytes.prefix(count), as: UTF8.self)
            var lines = rest.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            rest = lines.removeLast()
            for line in lines { answer(await obey(line, simulator)) }
        }
    }

    /// Whether the command was understood and had its effect.
    private static func obey(_ line: String, _ simulator: Simulator) async -> Bool {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        switch (words.first, words.dropFirst().first, words.dropFirst(2).first) {
        case ("add", let address?, let name):
            await simulator.add(SimulatedStrap(address: address, name: name))
        case ("notify", let address?, let digits?):
            guard let bytes = bytes(digits) else { return false }
            return await simulator.notify(address, bytes: bytes) != nil
        case ("battery", let address?, let percent?):
            guard let percent = UInt8(percent) else { return false }
            await simulator.setBattery(percent, address)
        case ("disappear", let address?, nil): await simulator.disappear(address)
        case ("appear", let address?, nil): await simulator.appear(address)
        default: return false
        }
        return true
    }

    private static func bytes(_ digits: String) -> [UInt8]? {
        guard digits.utf8.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        var rest = digits[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    private static func answer(_ isObeyed: Bool) {
        print(isObeyed ? "ok" : "no")
        fflush(nil)
    }
}
