import HTTPTypes
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// The order of histories.
@Suite(.timeLimit(.minutes(10)))
struct HistoryQueueTests {
    private static func grant(_ userID: Int64, token: String) -> AccessGrant {
        AccessGrant(
            user: User(id: userID, profileID: "p\(userID)", name: "user \(userID)"),
            token: Token(hash: TokenHash(of: token), userID: userID, scopes: [], expiresAtMilliseconds: nil))
    }

    /// The begun histories, in order, and the way to end them.
    private actor Desk {
        private var begun: [String] = []
        private var watchers: [(Int, CheckedContinuation<[String], Never>)] = []
        private var open: [String: CheckedContinuation<Void, Never>] = [:]

        func read(_ name: String) async {
            await withCheckedContinuation { continuation in
                open[name] = continuation
                begun.append(name)
                let ready = watchers.filter { $0.0 <= begun.count }
                watchers.removeAll { $0.0 <= begun.count }
                for watcher in ready { watcher.1.resume(returning: begun) }
            }
        }

        func finish(_ name: String) { open.removeValue(forKey: name)?.resume() }

        /// All that have begun, as soon as there are so many.
        func begun(_ count: Int) async -> [String] {
            if begun.count >= count { return begun }
            return await withCheckedContinuation { watchers.append((count, $0)) }
        }
    }

    private static func failure(_ body: () async throws -> Void) async throws -> HubHTTPError? {
        do {
            try await body()
            return nil
        } catch let failure as HubHTTPError {
            return failure
        }
    }

    @Test func userWithMany_delaysNoOther() async throws {
        let turns = HistoryQueue(limits: HubLimits())
        let desk = Desk()
        try await withThrowingTaskGroup(of: Void.self) { group in
            func begin(_ name: String, user: Int64) async {
                group.addTask {
                    try await turns.taking(Self.grant(user, token: name)) { await desk.read(name) }
                }
            }
            await begin("a1", user: 1)
            #expect(await desk.begun(1) == ["a1"])
            // The same user's wait, though a second may be read at once: that place is another's.
            for name in ["a2", "a3", "a4"] { await begin(name, user: 1) }
            await begin("b1", user: 2)
            #expect(await desk.begun(2) == ["a1", "b1"])
            await begin("c1", user: 3)
            while await turns.waitingCount < 4 { await Task.yield() }
            await desk.finish("a1")
            // The longer-waiting user has had a turn already.
            #expect(await desk.begun(3)[2] == "c1")
            await desk.finish("b1")
            #expect(await desk.begun(4)[3].hasPrefix("a"))
            await desk.finish("c1")
            for count in 4...6 {
                let last = await desk.begun(count)[count - 1]
                await desk.finish(last)
            }
            try await group.waitForAll()
        }
        #expect(await turns.isIdle)
    }

    @Test func token_withTwo_isRefusedAThird_andTooManyInAllAre503() async throws {
        var limits = HubLimits()
        limits.waitingHistories = 2
        let turns = HistoryQueue(limits: limits)
        let desk = Desk()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await turns.taking(Self.grant(1, token: "t")) { await desk.read("a") } }
            _ = await desk.begun(1)
            group.addTask { try await turns.taking(Self.grant(1, token: "t")) { await desk.read("b") } }
            while await turns.waitingCount < 1 { await Task.yield() }
            let third = try await Self.failure { try await turns.taking(Self.grant(1, token: "t")) {} }
            #expect(third?.status == .tooManyRequests)
            #expect(third?.fields[.retryAfter] == "1")
            group.addTask { try await turns.taking(Self.grant(1, token: "u")) { await desk.read("c") } }
            while await turns.waitingCount < 2 { await Task.yield() }
            let tooMany = try await Self.failure { try await turns.taking(Self.grant(1, token: "v")) {} }
            #expect(tooMany?.status == .serviceUnavailable)
            // Another user's does not wait at all.
            try await turns.taking(Self.grant(2, token: "w")) {}
            for (count, name) in [(1, "a"), (2, "b"), (3, "c")] {
                #expect(await desk.begun(count)[count - 1] == name)
                await desk.finish(name)
            }
            try await group.waitForAll()
        }
        #expect(await turns.isIdle)
    }
}
