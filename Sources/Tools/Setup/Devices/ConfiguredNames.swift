package import BlueZ
import UploaderConfiguration

/// The names that the straps nearby have in the configuration.
package struct ConfiguredNames: Sendable {
    package static let none = ConfiguredNames(straps: [])

    private let straps: [(name: String, selector: StrapSelector)]

    private init(straps: [(name: String, selector: StrapSelector)]) {
        self.straps = straps
    }

    /// Of a file that may be missing or wrong: then no strap has a name.
    package init(configuration path: String?) {
        let configuration = path.flatMap { try? ConfigurationFile.read($0) }
        self.init(straps: configuration?.straps.map { ($0.name, $0.selector) } ?? [])
    }

    /// Finds the strap with this name in the configuration; nil without one, or if it is any device.
    package func selector(named name: String) -> StrapSelector? {
        let selector = straps.first { $0.name == name }?.selector
        return selector == .first ? nil : selector
    }

    func name(of device: NearbyDevice) -> String? {
        straps.first { strap in
            switch strap.selector {
            case .address(let address): address == device.address
            case .name(let name): name == device.ownName
            case .first: false
            }
        }?.name
    }
}

extension [NearbyDevice] {
    /// The strongest signal first: hold a strap to the adapter to see which one it is. Devices without a signal are
    /// last, in the order in which they were found.
    var byStrength: [NearbyDevice] {
        func strength(_ device: NearbyDevice) -> Int { device.signalStrength.map { Int($0) } ?? Int.min }
        return enumerated().sorted { left, right in
            let (first, second) = (strength(left.element), strength(right.element))
            return first == second ? left.offset < right.offset : first > second
        }.map(\.element)
    }
}
