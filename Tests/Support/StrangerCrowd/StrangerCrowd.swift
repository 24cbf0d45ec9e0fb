import Glibc
import NIOSSL

/// `StrangerCrowd PORT tcp|tls [ATTACK…]`: attacks the hub at this port until the process is ended. Each attack has
/// its crowd and comes from several addresses. Without a name, all attacks run.
///
/// It is a process of its own with the scheduling class SCHED_IDLE: strangers have machines of their own, so here
/// they only get the processor time that the hub and the uploaders leave.
@main
enum StrangerCrowd {
    /// SCHED_IDLE of <sched.h>, which Glibc does not export to Swift.
    private static let idle: Int32 = 5
    private static let addresses = (2...5).map { "127.0.0.\($0)" }

    static func main() async throws {
        guard CommandLine.arguments.count >= 3, let port = Int(CommandLine.arguments[1]) else {
            print("usage: StrangerCrowd PORT tcp|tls [ATTACK…]")
            exit(EX_USAGE)
        }
        var parameters = sched_param()
        guard sched_setscheduler(0, idle, &parameters) == 0 else {
            print("SCHED_IDLE: \(String(cString: strerror(errno)))")
            exit(EX_OSERR)
        }
        let hub = Wire.Hub(port: port, tls: CommandLine.arguments[2] == "tls" ? try Wire.trustingContext() : nil)
        let names = CommandLine.arguments.dropFirst(3)
        let attacks = StrangerAttack.allCases.filter { names.isEmpty || names.contains("\($0)") }
        await withTaskGroup(of: Void.self) { group in
            for attack in attacks {
                for number in 0..<attack.crowd {
                    let address = addresses[number % addresses.count]
                    group.addTask { await attack.repeatForever(hub, from: address) }
                }
            }
        }
    }
}
