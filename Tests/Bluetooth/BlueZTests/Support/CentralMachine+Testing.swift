import DBus

@testable import BlueZ

extension CentralMachine {
    /// A machine for straps with these selectors, numbered from 0.
    init(_ selectors: StrapSelector..., adapters: [BluetoothAddress?] = []) {
        self.init(
            selectors.enumerated().map { number, selector in
                let adapter = adapters.indices.contains(number) ? adapters[number] : nil
                return StrapConfiguration(name: "strap \(number)", selector: selector, adapter: adapter)
            })
    }
}

extension [CentralMachine.Action] {
    /// Just the calls to BlueZ, without reports and deadlines.
    var calls: [CentralMachine.Action] {
        filter {
            switch $0 {
            case .strap(_, .report), .strap(_, .setDeadline), .strap(_, .setTimer), .adapter(_, .setDeadline): false
            default: true
            }
        }
    }
}
