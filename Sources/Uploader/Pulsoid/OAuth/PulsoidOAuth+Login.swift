package import PulsoidAPI
package import Tokens

extension PulsoidOAuth {
    /// Gets a token by the device authorization flow. `show` shows the user the page and the code; then this waits
    /// until the user confirms or denies, or the code expires. Cancellation ends it at once.
    ///
    /// - Throws: ``LoginError``, or `CancellationError`.
    package func logIn(
        clientID: String, scopes: [PulsoidScope], clock: any Clock<Duration> = ContinuousClock(),
        show: (DeviceAuthorization) async -> Void
    ) async throws -> StoredToken {
        let authorization = try await deviceAuthorization(clientID: clientID, scopes: scopes)
        let elapsed = Self.stopwatch(clock)
        var login = DeviceLogin(authorization, now: elapsed())
        await show(authorization)
        var action = login.start()
        while true {
            switch action {
            case .finish(let token): return token
            case .fail(let error): throw error
            case .ask(let wait):
                try await clock.sleep(for: wait)
                let answer = await grant(ofDeviceCode: authorization.deviceCode, clientID: clientID)
                action = login.handle(answer, now: elapsed())
            }
        }
    }

    /// The time since now, on any clock.
    private static func stopwatch<C: Clock<Duration>>(_ clock: C) -> () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}
