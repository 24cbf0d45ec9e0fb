import Destinations
import WebClient

/// Sends the files: slower and larger than readings.
enum UploadClient {
    static var limits: WebClientLimits {
        var limits = WebClientLimits()
        limits.silenceTimeout = .seconds(60)
        limits.totalTimeout = .seconds(300)
        // A day's activities of an account.
        limits.responseBytes = 1024 * 1024
        limits.connections = 2
        return limits
    }

    static func client(_ context: DestinationContext) -> WebClient {
        WebClient(limits: context.uploadLimits ?? limits, network: context.network, thread: context.thread)
    }
}
