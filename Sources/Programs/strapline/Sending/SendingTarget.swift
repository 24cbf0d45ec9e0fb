import Delivery
import Outbox

/// Where the readings of a strap are sent, and how fast at most.
struct SendingTarget: Sendable {
    let lane: Lane
    let destination: any Destination
    /// Shared by all that use the same token; nil for no limit.
    let rateLimiter: RateLimiter?
}
