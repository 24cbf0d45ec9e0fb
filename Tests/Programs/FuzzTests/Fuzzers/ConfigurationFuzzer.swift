import Delivery
import Destinations
import Foundation
import Logging
import Outbox
import UploaderConfiguration
import UploaderStatus
import WebClient

@testable import BlueZ
@testable import strapline

extension Fuzzer {
    /// Configuration files: a mistake is reported with its place; an accepted file makes a plan, and takes one more
    /// strap.
    static let configuration = Fuzzer(name: "configuration") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try ConfigurationFile.parse(text, path: "strapline.yaml")
        } catch {
            let hasPlace = error.line != nil || error.message.contains("`") || error.message.hasPrefix("not YAML")
            try hold(hasPlace, "a mistake has a line or names a key: \(error)")
            try hold(error.message.count > 10, "a mistake is explained: \(error)")
            return
        }
        let plan = try UploadPlan(configuration)
        try hold(!plan.straps.isEmpty && !plan.lanes.isEmpty, "a plan has something to do")
        try hold(Set(plan.lanes).count, is: plan.lanes.count, "no two lanes are the same")
        try hold(plan.outboxOptions.retention > .zero, "readings are kept")
        _ = Int64(plan.outboxOptions.retention / .milliseconds(1))
        for target in plan.targets {
            let context = DestinationContext(client: WebClient(), logger: Logger(label: "fuzz"))
            var factory = try target.service.kind.factory(service: target.settings.service, context)
            let limits = try factory.destination(target.settings).limits
            if let rate = limits.requestsPerSecond { _ = RateLimiter(requestsPerSecond: rate) }
        }
        guard let address = BluetoothAddress("C4:11:22:33:44:55") else { return }
        let device = NearbyDevice(
            address: address, adapter: address, name: "Polar", signalStrength: nil, offersHeartRate: true,
            broadcast: nil,
            batteryPercent: nil, isConnected: false, isPaired: false, isTrusted: false)
        let entry = StrapEntry(device, name: nil, taken: Set(plan.straps.map(\.name)), tokenFile: nil, folder: "/etc")
        guard let entry, let extended = try? ConfigurationExtension.adding(entry, to: text, path: "strapline.yaml")
        else { return }
        let straps = try UploadPlan(ConfigurationFile.parse(extended, path: "strapline.yaml")).straps
        try hold(straps.count, is: plan.straps.count + 1, "there is one strap more")
    }

    /// Answers of the status socket: any report can be shown.
    static let statusAnswer = Fuzzer(name: "status-answer") { bytes in
        guard let report = try? JSONDecoder().decode(StatusReport.self, from: Data(bytes)) else { return }
        _ = StatusText.lines(of: report)
        let encoded = try JSONEncoder().encode(report)
        try hold(try JSONDecoder().decode(StatusReport.self, from: encoded), is: report, "it is read as it was written")
    }
}
