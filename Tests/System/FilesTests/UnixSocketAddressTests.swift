import Files
import Glibc
import TestKit
import Testing

@Suite struct UnixSocketAddressTests {
    private let directory = TemporaryDirectory()

    /// Binds a socket to the first name, and sends a datagram to the second. Returns the byte that arrived.
    private func send(to name: String, boundAt bound: String) throws -> UInt8? {
        let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        let sender = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer {
            close(receiver)
            close(sender)
        }
        let own = try #require(UnixSocketAddress(bound))
        try #require(own.withAddress { bind(receiver, $0, $1) } == 0)
        let other = try #require(UnixSocketAddress(name))
        var byte: UInt8 = 7
        guard other.withAddress({ sendto(sender, &byte, 1, Int32(MSG_DONTWAIT), $0, $1) }) == 1 else { return nil }
        var received: UInt8 = 0
        return recv(receiver, &received, 1, Int32(MSG_DONTWAIT)) == 1 ? received : nil
    }

    @Test func address_ofAPath_isReachedByItsPath() throws {
        let path = directory.file("socket")
        #expect(try send(to: path, boundAt: path) == 7)
    }

    @Test func address_inTheAbstractNamespace_isReachedByItsWholeName() throws {
        let name = "@strapline-test-\(directory.path)"
        #expect(try send(to: name, boundAt: name) == 7)
        #expect(try send(to: name + "0", boundAt: name) == nil)
    }

    @Test(arguments: ["", String(repeating: "x", count: 108)]) func address_ofAnEmptyOrLongName_isNil(name: String) {
        #expect(UnixSocketAddress(name) == nil)
    }
}
