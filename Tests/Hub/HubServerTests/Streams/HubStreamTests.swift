import HubServer
import HubStore
import PulsoidAPI
import TestKit
import Testing

/// The real-time stream, and rules of all streams, over real WebSockets.
@Suite(.timeLimit(.minutes(10)))
struct HubStreamTests {
    @Test(arguments: [
        ("", #"{"measured_at":1625310655000,"data":{"heart_rate":40}}"#),
        ("?response_mode=json", #"{"measured_at":1625310655000,"data":{"heart_rate":40}}"#),
        ("?response_mode=text_plain_only_heart_rate", "40"),
        ("?response_mode=legacy_json", #"{"timestamp":1625310655000,"data":{"heartRate":40}}"#),
    ])
    func realTime_sendsAReadingInTheShapeAskedFor(query: String, text: String) async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { socket in
                let answer = try await socket.upgrade(
                    PulsoidPath.realTime + query, headers: ["Authorization: Bearer \(anna)"])
                #expect(answer.status == 101)
                #expect(answer.headers["sec-websocket-accept"] == RawConnection.accept)
                try await hub.write(40, at: 1_625_310_655_000, token: anna)
                let frame = try await socket.readFrame()
                #expect(frame.opcode == 1)
                #expect(frame.text == text)
            }
        }
    }

    @Test func realTime_tellsTheUsersOwnReadingsOnceAndInOrderOfArrival() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let ben = try await hub.addUser("Ben").accessToken
            try await RawConnection.open(port: hub.port) { socket in
                _ = try await socket.upgrade(
                    PulsoidPath.realTime + "?access_token=\(anna)&response_mode=text_plain_only_heart_rate")
                try await hub.write(70, at: hub.now, token: anna)
                try await hub.write(99, at: hub.now, token: ben)
                // Repeated, none, late, new.
                try await hub.write(71, at: hub.now, token: anna)
                try await hub.write(0, at: hub.now + 1, token: anna)
                try await hub.write(60, at: hub.now - 60_000, token: anna)
                try await hub.write(80, at: hub.now + 1000, token: anna)
                for expected in ["70", "60", "80"] { #expect(try await socket.readFrame().text == expected) }
            }
        }
    }

    @Test func stream_withUnknownMode_is400() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { socket in
                let answer = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(anna)&response_mode=xml")
                #expect(answer.status == 400)
                #expect(answer.body.contains("legacy_json"))
            }
        }
    }

    @Test func stream_closesWhenItsTokenExpires() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna", lifetime: .seconds(60)).accessToken
            try await RawConnection.open(port: hub.port) { socket in
                _ = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(anna)")
                // the answer to an upgrade may come before the stream is among those that are looked after
                try await socket.roundTrip()
                hub.time.advance(milliseconds: 59_000)
                await hub.tick()
                // The streams were looked after once: all that came of it is a ping.
                #expect(try await socket.readFrame().opcode == 9)
                try await socket.sendFrame(opcode: 0xA)
                try await socket.roundTrip()
                hub.time.advance(milliseconds: 1000)
                await hub.tick()
                let close = try await socket.readFrame()
                #expect(close.opcode == 8)
                #expect(close.closeCode == 1008)
                try await socket.sendFrame(opcode: 8, [0x03, 0xF0])
                #expect(try await socket.isAtEnd())
            }
        }
    }

    @Test func stream_whoseReaderIsSilent_isPingedThenDropped() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { socket in
                _ = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(anna)")
                // the answer to an upgrade may come before the stream is among those that are looked after
                try await socket.roundTrip()
                hub.time.advance(milliseconds: 20_000)
                await hub.tick()
                #expect(try await socket.readFrame() == RawConnection.Frame(opcode: 9, payload: []))
                hub.time.advance(milliseconds: 40_000)
                await hub.tick()
                #expect(try await socket.isAtEnd())
            }
        }
    }

    @Test func stream_whoseReaderDoesNotRead_isDroppedAndOthersGoOn() async throws {
        var limits = HubLimits()
        limits.streamBufferBytes = 1024
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let roomID = try await hub.store.accounts.createRoom()
            try await hub.store.accounts.addMember("Anna", toRoom: roomID)
            // Large states fill the kernel's buffers soon.
            let large = JSONValue.object(["x": .string(String(repeating: "x", count: 16_000))])
            let rounds = 250
            let path = PulsoidPath.roomRealTime(roomID: roomID) + "?kinds=room_updated&access_token=\(anna)"
            try await RawConnection.open(port: hub.port) { reader in
                _ = try await reader.upgrade(path)
                try await RawConnection.open(port: hub.port, receiveBufferBytes: 4096) { sleeper in
                    _ = try await sleeper.upgrade(path)
                    // The sleeper reads no further; the hub's side of loopback holds some megabytes for it.
                    for round in 0..<rounds {
                        hub.time.advance(milliseconds: 1)
                        try await hub.store.accounts.setConfig(large, ofRoom: roomID)
                        #expect(try await reader.readFrame().payload.count > 16_000, "round \(round)")
                    }
                    var received = 0
                    while let frame = try? await sleeper.readFrame(), frame.opcode == 1 { received += 1 }
                    #expect(received < rounds)
                }
            }
        }
    }

    @Test func hub_whenStopped_saysGoodbye() async throws {
        let closed = try await TestHub.runUntilStopped { hub, stop in
            let anna = try await hub.addUser("Anna").accessToken
            return try await RawConnection.open(port: hub.port) { socket in
                _ = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(anna)")
                try await socket.roundTrip()
                stop()
                let close = try await socket.readFrame()
                try await socket.sendFrame(opcode: 8, close.payload)
                return close.closeCode
            }
        }
        #expect(closed == 1001)
    }

    /// The listener for programs on this machine ends at once, and must not end the others.
    @Test func hub_whenStopped_answersTheRequestUnderWay() async throws {
        let status = try await TestHub.runUntilStopped { hub, stop in
            let anna = try await hub.addUser("Anna").accessToken
            let body = HeartRateMessage(measuredAtMilliseconds: hub.now, heartRate: 60).text()
            return try await RawConnection.open(port: hub.port) { socket in
                try await socket.send(
                    "POST \(PulsoidPath.data) HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(anna)\r\n"
                        + "Content-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\n\r\n")
                // The hub reads the body now.
                #expect(try await socket.readAnswer().status == 100)
                try await RawConnection.open(port: hub.metricsPort) { metrics in
                    stop()
                    let isEnded = try await metrics.isAtEnd()
                    #expect(isEnded)
                }
                try await socket.send(body)
                return try await socket.readAnswer().status
            }
        }
        #expect(status == 200)
    }

    /// The kernel has accepted connections that the hub has not taken up yet.
    @Test func hub_whenStoppedWhileClientsConnect_closesTheirConnections() async throws {
        for _ in 0..<10 {
            try await TestHub.runUntilStopped { hub, stop in
                var clients: [StubbornClient] = []
                for index in 0..<24 {
                    // nil when the hub listens no more.
                    if let client = StubbornClient(port: index % 2 == 0 ? hub.port : hub.metricsPort) {
                        clients.append(client)
                    }
                    if index == 12 { stop() }
                }
                for client in clients { #expect(await client.receiveToTheEnd() == "") }
            }
        }
    }
}
