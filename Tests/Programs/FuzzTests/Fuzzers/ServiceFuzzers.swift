import CardiogramAPI
import Destinations
import Foundation
import PulsoidAPI
import WebClient

@testable import Outputs
@testable import Pulsoid

extension Fuzzer {
    /// The JSON of both services: a decoded message encodes, and decodes to the same.
    static let serviceMessages = Fuzzer(name: "service-messages") { bytes in
        try roundTrip(RoomMessage.self, bytes)
        try roundTrip(HeartRateMessage.self, bytes)
        try roundTrip(ErrorBody.self, bytes)
        try roundTrip(TokenValidation.self, bytes)
        try roundTrip(BeatsRequest.self, bytes)
        try roundTrip(Answer.self, bytes)
        _ = try? JSONDecoder().decode(LegacyHeartRateMessage.self, from: Data(bytes))
        if let message = try? JSONDecoder().decode(HeartRateMessage.self, from: Data(bytes)) {
            let text = Data(message.text().utf8)
            try hold(try JSONDecoder().decode(HeartRateMessage.self, from: text), is: message, "its text means it")
        }
        let kinds = RoomMessageKind.kinds(inQuery: String(decoding: bytes, as: UTF8.self))
        try hold(RoomMessageKind.kinds(inQuery: RoomMessageKind.query(for: kinds)), is: kinds, "the query means them")
    }

    /// What a program of the network says about itself over OSCQuery.
    static let oscQuery = Fuzzer(name: "osc-query") { bytes in
        if let host = OSCQueryHost(bytes) { try hold(host.port > 0, "a host has a port") }
        if let tree = OSCQueryTree(bytes) { try hold(!tree.addresses.isEmpty, "a tree names an address") }
    }

    private static func roundTrip<Value: Codable & Equatable>(_ type: Value.Type, _ bytes: [UInt8]) throws {
        guard let value = try? JSONDecoder().decode(type, from: Data(bytes)) else { return }
        let encoded: Data
        do { encoded = try JSONEncoder().encode(value) } catch {
            throw BrokenPromise("\(value) can be written: \(error)")
        }
        try hold(try JSONDecoder().decode(type, from: encoded), is: value, "it is read as it was written")
    }
}
