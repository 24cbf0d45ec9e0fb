/// A characteristic that says what a strap is: read once per connection, in this order.
enum StrapCharacteristic: String, Sendable, CaseIterable {
    case bodySensorLocation = "2a38"
    // Device Information (0x180A)
    case manufacturerName = "2a29"
    case modelNumber = "2a24"
    case serialNumber = "2a25"
    case firmwareRevision = "2a26"
}
