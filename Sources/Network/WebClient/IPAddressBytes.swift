import Glibc

/// An IP address in numbers.
enum IPAddressBytes {
    /// 4 bytes.
    case v4([UInt8])
    /// 16 bytes.
    case v6([UInt8])

    /// Nil for a name. A zone (`fe80::1%eth0`) is left out.
    init?(_ text: String) {
        var four = in_addr()
        var sixteen = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(withUnsafeBytes(of: four) { Array($0) })
        } else if inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &sixteen) == 1 {
            self = .v6(withUnsafeBytes(of: sixteen) { Array($0) })
        } else {
            return nil
        }
    }
}
