/// What a strap says of itself (Device Information Service, 0x180A). Nil for what it does not say.
///
/// The texts come from the air and may hold any characters.
package struct StrapDevice: Sendable, Hashable {
    package var manufacturer: String?
    package var model: String?
    package var serialNumber: String?
    package var firmware: String?

    package init(
        manufacturer: String? = nil, model: String? = nil, serialNumber: String? = nil, firmware: String? = nil
    ) {
        self.manufacturer = manufacturer
        self.model = model
        self.serialNumber = serialNumber
        self.firmware = firmware
    }
}
