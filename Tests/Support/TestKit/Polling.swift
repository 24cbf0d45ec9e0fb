/// Looks at something that reports no change, such as a file or another process, until it is as wanted.
///
/// The pause between two looks leaves the processor to the programs under test. It decides nothing: the condition does.
package func poll(until isAsWanted: () async throws -> Bool) async throws {
    while try await !isAsWanted() { try await ContinuousClock().sleep(for: .milliseconds(20)) }
}

/// The same, and returns the found value.
package func pollForValue<Found>(_ find: () async throws -> Found?) async throws -> Found {
    while true {
        if let found = try await find() { return found }
        try await ContinuousClock().sleep(for: .milliseconds(20))
    }
}
