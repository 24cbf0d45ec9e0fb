import Glibc
import TestKit
import Testing

@testable import Datagrams

@Suite(.timeLimit(.minutes(10))) struct DatagramSocketTests {
    @Test(arguments: ["127.0.0.1", "::1", "localhost"])
    func send_toAListener_arrivesAsOneDatagram(_ host: String) async throws {
        let receiver = try #require(DatagramReceiver(isIPv6: host == "::1"))
        let socket = try DatagramSocket(
            to: await NameResolver.addresses(of: DatagramAddress(host: host, port: UInt16(receiver.port))))
        try socket.send([1, 2, 3])
        try socket.send([4])
        #expect(await receiver.next() == [1, 2, 3])
        #expect(await receiver.next() == [4])
    }

    @Test func send_toAPortThatNoProgramListensAt_reportsThatAndKeepsSending() async throws {
        // A port that no other socket gets by chance.
        let closed = try #require(DatagramReceiver(port: DeafPort.portForAnotherProgram()))
        let address = DatagramAddress(host: "127.0.0.1", port: UInt16(closed.port))
        await closed.stop()
        let socket = try DatagramSocket(to: await NameResolver.addresses(of: address))
        try socket.send([1])
        // A busy kernel may answer a moment after the datagram.
        let error = try await pollForValue { () -> DatagramError? in
            do throws(DatagramError) {
                try socket.send([2])
                return nil
            } catch {
                return error
            }
        }
        #expect(error.code == ECONNREFUSED)
        #expect(error.description == "no program listens there (Connection refused)")

        let receiver = try #require(DatagramReceiver(port: closed.port))
        // The answer to the datagram before is still waiting.
        #expect(throws: DatagramError.self) { try socket.send([3]) }
        #expect(await receiver.next() == [3])
        try socket.send([4])
        #expect(await receiver.next() == [4])
    }

    /// `localhost` leads to ::1 first, and VRChat listens at 127.0.0.1.
    @Test func addresses_ofBothFamilies_beginWithIPv4() async throws {
        let hosts = ["::1", "127.0.0.2", "fe80::1", "127.0.0.1"]
        var addresses: [SocketAddress] = []
        for host in hosts {
            addresses += try await NameResolver.addresses(of: DatagramAddress(host: host, port: 9000))
        }
        let ordered = NameResolver.ordered(addresses)
        #expect(ordered == [addresses[1], addresses[3], addresses[0], addresses[2]])
    }

    @Test func addresses_ofANameThatDoesNotExist_sayWhich() async throws {
        let address = DatagramAddress(host: "no-such-host.invalid", port: 9000)
        let error = await #expect(throws: NameResolver.Failure.self) { try await NameResolver.addresses(of: address) }
        #expect(error?.description.hasPrefix("the name no-such-host.invalid leads to no address (") == true)
    }

    @Test func init_withoutAnAddress_throws() {
        #expect(throws: DatagramError.self) { _ = try DatagramSocket(to: []) }
    }
}
