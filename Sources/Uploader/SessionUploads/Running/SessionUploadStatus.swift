/// How it stands with the uploads to one destination, for `status`.
package struct SessionUploadStatus: Sendable, Equatable {
    package enum State: String, Sendable {
        /// No session waits.
        case idle
        case uploading
        /// The machine's clock is not set: no session is known to be over.
        case waitingForClock = "waiting for the clock"
        /// The service cannot be reached, or asks to retry later.
        case retrying
        /// The service rejects all uploads until the user fixes the key or the configuration.
        case paused
        /// The service rejected the last session for good.
        case rejecting
    }

    package let destination: String
    /// The name of the kind.
    package let service: String
    /// Nil for all straps.
    package let strap: String?
    package var state = State.idle
    /// Since when, on the clock that never steps; nil since the start.
    package var sinceBootMilliseconds: Int64?
    /// The service's message, with the fix.
    package var reason: String?
    package var lastSuccessAtBootMilliseconds: Int64?
    package var waiting = 0
    package var uploaded = 0
    package var setAside = 0

    package init(destination: String, service: String, strap: String? = nil) {
        self.destination = destination
        self.service = service
        self.strap = strap
    }
}
