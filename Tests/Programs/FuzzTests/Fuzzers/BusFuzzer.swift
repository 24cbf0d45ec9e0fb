import CDBus
import HeartRate
import Timing

@testable import BlueZ
@testable import DBus

extension Fuzzer {
    /// Messages that libdbus has demarshalled, as its connections do with bytes from the socket. Values that can be
    /// read can be written, and are then read again as the same. The readers of BlueZ's signals read them too.
    ///
    /// The first byte chooses: even, and the rest is a whole message; odd, and it is a signature and a body, about
    /// which a header is put.
    static let bus = Fuzzer(name: "bus") { bytes in
        var source = ByteSource(bytes)
        let wire = source.byte().isMultiple(of: 2) ? source.remainder() : Wire.signal(&source)
        guard let message = Wire.message(wire) else { return }
        Wire.readAsBlueZ(message)
        guard let values = try? message.arguments() else { return }
        let signal = Signal(path: "/", interface: "a.b", member: "C", arguments: values)
        // What a peer may send nested deeper, or larger, is not sent by us.
        guard let sent = try? Message.signal(signal) else { return }
        guard let again = Wire.message(Wire.bytes(sent)) else { throw BrokenPromise("libdbus reads what we write") }
        let same = try again.arguments()
        // NaN is not itself.
        try hold(same == values || "\(values)".contains("nan"), "values return the same: \(values) and \(same)")
    }
}

/// D-Bus messages as they stand on the wire.
enum Wire {
    static func message(_ bytes: [UInt8]) -> Message? {
        var pointer: OpaquePointer?
        bytes.withUnsafeBytes { bytes in
            pointer = dbus_message_demarshal(bytes.baseAddress, Int32(bytes.count), nil)
        }
        guard let pointer else { return nil }
        return Message(adopting: pointer)
    }

    static func bytes(_ message: borrowing Message) -> [UInt8] {
        // Marshalling needs a serial, which a connection would give.
        dbus_message_set_serial(message.pointer, 1)
        var start: UnsafeMutablePointer<CChar>?
        var count: Int32 = 0
        guard dbus_message_marshal(message.pointer, &start, &count) != 0, let start else { return [] }
        defer { dbus_free(start) }
        return UnsafeRawBufferPointer(start: start, count: Int(count)).map { $0 }
    }

    /// A signal of `PropertiesChanged` with the signature and the body out of `source`.
    static func signal(_ source: inout ByteSource) -> [UInt8] {
        let signature = source.piece().prefix(255)
        let body = source.remainder()
        var header: [UInt8] = [UInt8(ascii: "l"), UInt8(DBUS_MESSAGE_TYPE_SIGNAL), 0, 1]
        header += little(body.count) + little(1)
        var fields: [UInt8] = []
        func field(_ code: UInt8, _ type: Unicode.Scalar, _ value: some Collection<UInt8>) {
            while !fields.count.isMultiple(of: 8) { fields.append(0) }
            fields += [code, 1, UInt8(ascii: type), 0]
            fields += type == "g" ? [UInt8(value.count)] : little(value.count)
            fields += Array(value) + [0]
        }
        field(1, "o", "/org/bluez/hci0/dev_C4_11_22_33_44_55".utf8)
        field(2, "s", "org.freedesktop.DBus.Properties".utf8)
        field(3, "s", "PropertiesChanged".utf8)
        field(8, "g", signature)
        header += little(fields.count) + fields
        while !header.count.isMultiple(of: 8) { header.append(0) }
        return header + body
    }

    private static func little(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    static func readAsBlueZ(_ message: borrowing Message) {
        _ = Notification(message, time: StillTime())
        _ = Packet(ofDevice: message, time: StillTime())
        _ = try? message.read { (reader) throws(BusError) in
            reader.skip()
            return try reader.readProperties()
        }
        _ = try? message.read { (reader) throws(BusError) in try reader.readStrings() }
        if let objects = try? message.read({ (reader) throws(BusError) in try reader.readManagedObjects() }) {
            var mirrored = MirroredObjects()
            for (path, interfaces) in objects { _ = mirrored.add(interfaces, at: path) }
            _ = BlueZSnapshot(revision: 1, of: mirrored)
        }
        guard case .bytes(let value)? = try? message.arguments().first else { return }
        var details = StrapDetails()
        for characteristic in StrapCharacteristic.allCases { details.take(value, of: characteristic) }
    }
}

/// It is always the same moment.
struct StillTime: TimeSource {
    /// 2026-01-01T00:00:00Z
    static let moment = Moment(wallMilliseconds: 1_767_225_600_000, bootMilliseconds: 3_600_000)
    let bootID = "boot"

    func now() -> Moment { Self.moment }
    func isWallClockTrusted() -> Bool { true }
}
