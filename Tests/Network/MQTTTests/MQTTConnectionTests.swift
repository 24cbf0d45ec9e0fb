import EventThread
import FoundationEssentials
import MQTT
import MosquittoHarness
import TestKit
import Testing
import Tokens

/// A real broker and real clients of it.
@Suite(.timeLimit(.minutes(10))) struct MQTTConnectionTests {
    private static let link = "strapline/status"
    /// Longer than a broker needs on a busy machine.
    private static let patience: Duration = .seconds(300)
    private let folder = TemporaryDirectory()

    private func options(_ address: String, id: String = "test") throws -> MQTTOptions {
        MQTTOptions(address: try MQTTAddress(address), clientID: id)
    }

    private func connection(_ options: MQTTOptions) throws -> MQTTConnection {
        try MQTTConnection(options, MosquittoLibrary(), answerLimit: Self.patience)
    }

    /// The failure of a connection that does not open.
    private func failure(_ options: MQTTOptions) async throws -> MQTTFailure {
        try await #require(throws: MQTTFailure.self) { try await connection(options).open(within: Self.patience) }
    }

    private func password(_ text: String) throws -> SecretFile {
        let path = folder.file("password")
        try Data(text.utf8).write(to: URL(filePath: path))
        return SecretFile(path: path)
    }

    // MARK: Messages

    @Test func messages_whenPublished_arriveWithTheirQualities() async throws {
        let broker = try await MosquittoBroker()
        let subscriber = try await broker.subscriber()
        let connection = try connection(options(broker.address))
        try await connection.open(within: Self.patience)
        try await connection.publish(.live("a/heart_rate", "72"))
        try await connection.publish(.kept("a/battery", "80 %"))
        // In any order: their qualities differ.
        let lines = await subscriber.until { lines in
            lines.contains("0 1 a/battery 80 %") && lines.contains("0 0 a/heart_rate 72")
        }
        #expect(lines.contains("0 1 a/battery 80 %") && lines.contains("0 0 a/heart_rate 72"))
        await connection.untilConfirmed()
        let later = try await broker.subscriber()
        await later.until { lines in lines.contains("1 1 a/battery 80 %") }
        #expect(!later.lines.contains { $0.contains("heart_rate") })
        await connection.close()
    }

    @Test func messages_whenSubscribed_areReceived() async throws {
        let broker = try await MosquittoBroker()
        try await broker.publish("straps", "old", isRetained: true)
        let connection = try connection(options(broker.address))
        try await connection.open(within: Self.patience)
        try await connection.subscribe("straps")
        var received = connection.received.makeAsyncIterator()
        #expect(await received.next() == ReceivedMessage(topic: "straps", payload: "old"))
        try await broker.publish("straps", "")
        #expect(await received.next() == ReceivedMessage(topic: "straps", payload: ""))
        await connection.close()
        #expect(await received.next() == nil)
    }

    // MARK: The end

    @Test func will_whenTheConnectionIsCut_isPublished() async throws {
        let broker = try await MosquittoBroker()
        let subscriber = try await broker.subscriber()
        var options = try options(broker.address)
        options.will = .kept(Self.link, "offline")
        var connection: MQTTConnection? = try connection(options)
        try await connection?.open(within: Self.patience)
        try await connection?.publish(.kept(Self.link, "online"))
        await connection?.untilConfirmed()
        connection = nil
        let lines = await subscriber.until { $0.contains("0 1 \(Self.link) offline") }
        #expect(lines.contains("0 1 \(Self.link) online"))
    }

    @Test func will_whenTheConnectionIsClosed_isNotPublished() async throws {
        let broker = try await MosquittoBroker()
        let subscriber = try await broker.subscriber()
        var options = try options(broker.address)
        options.will = .kept(Self.link, "offline")
        do {
            let connection = try connection(options)
            try await connection.open(within: Self.patience)
            await connection.close()
        }
        await broker.untilLogged("Client test disconnected")
        try await broker.publish("end", "x")
        let lines = await subscriber.until { $0.contains("0 1 end x") }
        #expect(!lines.contains { $0.contains("offline") })
    }

    @Test func connection_whenTheBrokerIsKilled_endsWithTheReason() async throws {
        let broker = try await MosquittoBroker()
        let connection = try connection(options(broker.address))
        try await connection.open(within: Self.patience)
        broker.kill()
        for await _ in connection.received {}
        #expect(await connection.failure?.code == .connectionLost)
        await #expect(throws: MQTTFailure.self) { try await connection.publish(.live("a", "b")) }
    }

    @Test func connections_whenTwoHaveOneClientID_endTheOlder() async throws {
        let broker = try await MosquittoBroker()
        let first = try connection(options(broker.address))
        try await first.open(within: Self.patience)
        let second = try connection(options(broker.address))
        try await second.open(within: Self.patience)
        for await _ in first.received {}
        #expect(await first.failure?.code == .connectionLost)
        #expect(await second.isOpen)
        await second.close()
    }

    @Test func connection_whenTheBrokerDoesNotRead_flowsNoMore() async throws {
        let broker = try await MosquittoBroker()
        let connection = try connection(options(broker.address))
        try await connection.open(within: Self.patience)
        #expect(await connection.isFlowing)
        broker.freeze()
        let text = String(repeating: "x", count: 100_000)
        while await connection.isFlowing { try await connection.publish(.live("a", text)) }
        broker.resume()
        await connection.close()
    }

    // MARK: Failures

    @Test func open_whenNothingListens_saysSo() async throws {
        let deaf = DeafPort()
        let failure = try await failure(options("mqtt://127.0.0.1:\(deaf.port)"))
        #expect(failure.code == .connectionRefused)
        #expect(failure.description.contains("Connection refused"))
    }

    @Test func open_whenTheNameIsNotKnown_saysSo() async throws {
        // Too long for a name: no server is asked.
        let name = String(repeating: "a", count: 70)
        #expect(try await failure(options("mqtt://\(name)")).code == .nameNotFound)
    }

    @Test func open_whenTheBrokerIsSilent_timesOut() async throws {
        let broker = try await MosquittoBroker()
        broker.freeze()
        let connection = try connection(options(broker.address))
        let failure = try await #require(throws: MQTTFailure.self) {
            try await connection.open(within: .milliseconds(200))
        }
        #expect(failure.code == .timedOut)
        await connection.untilSettled()
        broker.resume()
    }

    @Test func open_whenTheLoginIsRefused_saysSoWithoutThePassword() async throws {
        var setting = MosquittoBroker.Options()
        setting.login = ("me", "right")
        let broker = try await MosquittoBroker(setting)
        var options = try options(broker.address)
        #expect(try await failure(options).code == .notAuthorised)
        options.login = MQTTOptions.Login(user: "me", password: try password("wrong-secret\n"))
        let failure = try await failure(options)
        #expect([.notAuthorised, .loginRefused].contains(failure.code))
        #expect(!failure.description.contains("wrong-secret"))
        options.login = MQTTOptions.Login(user: "me", password: try password("right\n"))
        let connection = try connection(options)
        try await connection.open(within: Self.patience)
        await connection.close()
    }

    @Test func open_whenThePasswordCannotBeRead_namesTheFile() async throws {
        var options = try options("mqtt://127.0.0.1")
        options.login = MQTTOptions.Login(user: "me", password: SecretFile(path: folder.file("missing")))
        let failure = try #require(throws: MQTTFailure.self) { try connection(options) }
        #expect(failure.description.contains(folder.file("missing")))
    }

    // MARK: TLS

    @Test func open_whenTheAuthorityIsKnown_isEncrypted() async throws {
        var setting = MosquittoBroker.Options()
        setting.isSecure = true
        let broker = try await MosquittoBroker(setting)
        let subscriber = try await broker.subscriber()
        var options = try options(broker.address)
        options.certificateFile = broker.authority
        let connection = try connection(options)
        try await connection.open(within: Self.patience)
        try await connection.publish(.kept("a", "b"))
        let lines = await subscriber.until { $0.contains("0 1 a b") }
        #expect(lines.contains("0 1 a b"))
        await connection.close()
    }

    @Test func open_whenTLSCannotBeTrusted_saysWhatToDo() async throws {
        var setting = MosquittoBroker.Options()
        setting.isSecure = true
        let broker = try await MosquittoBroker(setting)
        let unknown = try await failure(options(broker.address))
        #expect(unknown.code == .tls)
        #expect(unknown.description.contains("certificate verify failed"))
        #expect(unknown.description.contains("ca_file"))
        var otherName = try options("mqtts://127.0.0.1:\(broker.port)")
        otherName.certificateFile = broker.authority
        #expect(try await failure(otherName).code == .tls)
        let withoutTLS = try await failure(options("mqtt://localhost:\(broker.port)"))
        #expect(withoutTLS.code == .closedBeforeAnswer)
        #expect(withoutTLS.description.contains("mqtts://"))
        let plain = try await MosquittoBroker()
        let withTLS = try await failure(options("mqtts://127.0.0.1:\(plain.port)"))
        #expect(withTLS.code == .tls || withTLS.code == .closedBeforeAnswer)
    }

    // MARK: The library

    @Test func library_whenItIsMissing_namesThePackage() throws {
        let failure = try #require(throws: MQTTFailure.self) { try MosquittoLibrary(name: "libmissing.so.1") }
        #expect(failure.code == .libraryMissing)
        #expect(failure.description.contains("sudo apt install libmosquitto1"))
    }

    @Test func library_whenItIsAnother_namesWhatIsMissing() throws {
        let failure = try #require(throws: MQTTFailure.self) { try MosquittoLibrary(name: "libc.so.6") }
        #expect(failure.code == .libraryMissing)
        #expect(failure.description.contains("mosquitto_lib_init"))
    }
}
