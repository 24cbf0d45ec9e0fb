import TestKit
import Testing
import Timing

@testable import HubServer
@testable import HubStore

/// Which connection loses its place to another.
struct ConnectionPlacesTests {
    private static let token = TokenHash(of: "good")

    private static func limits(
        strangers: Int = 8, perAddress: Int = 4, callers: Int = 4, perToken: Int = 2, streams: Int = 2
    ) -> HubLimits {
        var limits = HubLimits()
        limits.strangers = strangers
        limits.strangersPerAddress = perAddress
        limits.callers = callers
        limits.callersPerToken = perToken
        limits.streams = streams
        return limits
    }

    private static func network(_ number: Int) -> PeerAddress.Network {
        PeerAddress(bits: 0xffff_0a00_0000 + UInt128(number)).network
    }

    /// The connection that was closed for the new one.
    private static func displaced(_ admission: ConnectionPlaces.Admission) -> ConnectionPlaces.ID? {
        if case .admitted(let closing) = admission { closing } else { nil }
    }

    @Test func newcomer_beyondTheLimitOfItsAddress_takesTheOldestPlaceOfThatAddress() {
        var places = ConnectionPlaces(limits: Self.limits())
        #expect(places.open(1, from: Self.network(9), isProxy: false) == .admitted(closing: nil))
        for id in 2...5 as ClosedRange<UInt64> {
            #expect(places.open(id, from: Self.network(1), isProxy: false) == .admitted(closing: nil))
        }
        #expect(places.open(6, from: Self.network(1), isProxy: false) == .admitted(closing: 2))
        #expect(places.open(7, from: Self.network(1), isProxy: false) == .admitted(closing: 3))
        #expect(places.isStranger(1))
    }

    @Test func newcomer_beyondAllPlaces_takesTheOldestOfTheFullestAddress() {
        var places = ConnectionPlaces(limits: Self.limits(strangers: 4, perAddress: 3))
        _ = places.open(1, from: Self.network(1), isProxy: false)
        for id in 2...4 as ClosedRange<UInt64> { _ = places.open(id, from: Self.network(2), isProxy: false) }
        #expect(places.open(5, from: Self.network(3), isProxy: false) == .admitted(closing: 2))
        #expect(places.open(6, from: Self.network(4), isProxy: false) == .admitted(closing: 3))
        // One each: the oldest of all.
        #expect(places.open(7, from: Self.network(5), isProxy: false) == .admitted(closing: 1))
    }

    /// Against many addresses: as many newcomers as there are places have to come within the time that a request needs.
    @Test func newcomer_amongManyAddresses_keepsItsPlaceUntilAllOthersAreYounger() {
        let limits = Self.limits(strangers: 100)
        var places = ConnectionPlaces(limits: limits)
        for id in 1...1000 as ClosedRange<UInt64> { _ = places.open(id, from: Self.network(Int(id)), isProxy: false) }
        _ = places.open(1001, from: Self.network(0), isProxy: false)
        for id in 1002...1100 as ClosedRange<UInt64> {
            _ = places.open(id, from: Self.network(Int(id)), isProxy: false)
            #expect(places.isStranger(1001))
        }
        _ = places.open(1101, from: Self.network(1101), isProxy: false)
        #expect(!places.isStranger(1001))
    }

    /// Against one address: it takes nothing of an address that has fewer.
    @Test func floodFromOneAddress_takesNoPlaceOfAnother() {
        var places = ConnectionPlaces(limits: Self.limits(strangers: 10, perAddress: 8))
        for id in 1...5 as ClosedRange<UInt64> { _ = places.open(id, from: Self.network(1), isProxy: false) }
        for id in 6...5000 as ClosedRange<UInt64> { _ = places.open(id, from: Self.network(2), isProxy: false) }
        #expect((1...5).allSatisfy { places.isStranger($0) })
        #expect(places.strangerCount == 10)
    }

    @Test func flood_takesNoPlaceOfCallersAndStreams() {
        var places = ConnectionPlaces(limits: Self.limits())
        for id in 1...2 as ClosedRange<UInt64> { _ = places.open(id, from: Self.network(1), isProxy: false) }
        #expect(places.showed(Self.token, on: 1) == nil)
        let isStreamOpen = places.openStream(2)
        #expect(isStreamOpen)
        for id in 3...5000 as ClosedRange<UInt64> {
            let closing = Self.displaced(places.open(id, from: Self.network(Int(id % 7)), isProxy: false))
            #expect(closing != 1 && closing != 2)
        }
        #expect(places.callerCount == 1)
        #expect(places.streamCount == 1)
        #expect(places.strangerCount == 8)
        #expect(places.count == 10)
    }

    @Test func trustedProxy_hasNoLimitOfItsAddress() {
        var places = ConnectionPlaces(limits: Self.limits())
        for id in 1...8 as ClosedRange<UInt64> {
            #expect(places.open(id, from: Self.network(1), isProxy: true) == .admitted(closing: nil))
        }
        #expect(places.open(9, from: Self.network(1), isProxy: true) == .admitted(closing: 1))
    }

    @Test func token_beyondItsCallers_givesUpItsMostIdle() {
        var places = ConnectionPlaces(limits: Self.limits())
        for id in 1...3 as ClosedRange<UInt64> { _ = places.open(id, from: Self.network(1), isProxy: false) }
        #expect(places.showed(Self.token, on: 1) == nil)
        #expect(places.showed(Self.token, on: 2) == nil)
        // The first is used again, so the second is the idle one.
        #expect(places.showed(Self.token, on: 1) == nil)
        #expect(places.showed(Self.token, on: 3) == 2)
        #expect(places.callerCount == 2)
    }

    @Test func caller_beyondAllPlaces_takesThatOfTheTokenThatHasTheMost() {
        var places = ConnectionPlaces(limits: Self.limits(callers: 3, perToken: 3))
        let tokens = ["a", "b", "c"].map { TokenHash(of: $0) }
        for id in 1...4 as ClosedRange<UInt64> { _ = places.open(id, from: Self.network(1), isProxy: false) }
        #expect(places.showed(tokens[0], on: 1) == nil)
        #expect(places.showed(tokens[1], on: 2) == nil)
        #expect(places.showed(tokens[1], on: 3) == nil)
        #expect(places.showed(tokens[2], on: 4) == 2)
    }

    @Test func connection_withAnotherToken_countsForThatOne() {
        var places = ConnectionPlaces(limits: Self.limits(callers: 4, perToken: 1))
        _ = places.open(1, from: Self.network(1), isProxy: false)
        _ = places.open(2, from: Self.network(1), isProxy: false)
        #expect(places.showed(TokenHash(of: "a"), on: 1) == nil)
        #expect(places.showed(TokenHash(of: "b"), on: 1) == nil)
        #expect(places.showed(TokenHash(of: "a"), on: 2) == nil)
        #expect(places.callerCount == 2)
    }

    @Test func stream_beyondAllPlaces_isNone_andItsConnectionStaysAStranger() {
        var places = ConnectionPlaces(limits: Self.limits(streams: 1))
        for id in 1...2 as ClosedRange<UInt64> { _ = places.open(id, from: Self.network(1), isProxy: false) }
        let isFirstOpen = places.openStream(1)
        #expect(isFirstOpen)
        let isSecondOpen = places.openStream(2)
        #expect(!isSecondOpen)
        #expect(places.isStranger(2))
        places.close(1)
        let isOpenInItsPlace = places.openStream(2)
        #expect(isOpenInItsPlace)
    }

    @Test func withoutPlacesForStrangers_newcomerIsRefused() {
        var places = ConnectionPlaces(limits: Self.limits(strangers: 0))
        #expect(places.open(1, from: Self.network(1), isProxy: false) == .refused)
        #expect(places.count == 0)
    }

    @Test func anyOrderOfEvents_keepsEveryLimit_andCountsWhatThereIs() {
        let limits = Self.limits()
        var random = SplitMix64(seed: 7)
        var places = ConnectionPlaces(limits: limits)
        var open: Set<UInt64> = []
        for id in 1...4000 as ClosedRange<UInt64> {
            let network = Self.network(Int.random(in: 0..<6, using: &random))
            open.insert(id)
            if let closed = Self.displaced(places.open(id, from: network, isProxy: id % 5 == 0)) { open.remove(closed) }
            let any = open.randomElement(using: &random) ?? id
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let token = TokenHash(of: "\(Int.random(in: 0..<3, using: &random))")
                if let closed = places.showed(token, on: any) { open.remove(closed) }
            case 1: _ = places.openStream(any)
            case 2:
                places.close(any)
                open.remove(any)
            default: break
            }
            #expect(places.strangerCount <= limits.strangers)
            #expect(places.callerCount <= limits.callers)
            #expect(places.streamCount <= limits.streams)
            #expect(places.count == open.count)
            #expect(places.count == places.strangerCount + places.callerCount + places.streamCount)
        }
    }
}
