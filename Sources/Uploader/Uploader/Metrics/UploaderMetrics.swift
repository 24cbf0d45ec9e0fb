import BlueZ
import LocalMetrics
import NIOHTTP1
import PrometheusMetrics
import UploaderStatus

/// A status as metrics for Prometheus. Unknown values have no sample: only a live strap has a rate.
enum UploaderMetrics {
    static func families(of report: StatusReport, version: String) -> [MetricFamily] {
        var families = [
            MetricFamily(
                "strapline_build_info", help: "The version of the uploader.",
                .gauge([MetricSample(1, ["version": version])]))
        ]
        families += straps(report.straps)
        families += VariabilityMetrics.families(of: report.straps)
        families += destinations(report.destinations)
        families += outputs(report.outputs)
        families += sessions(report.sessionUploads)
        return families + outbox(report.outbox)
    }

    private static func straps(_ straps: [StrapReport]) -> [MetricFamily] {
        func samples(_ value: (StrapReport) -> Double?) -> [MetricSample] {
            straps.compactMap { strap in value(strap).map { MetricSample($0, ["strap": strap.strap]) } }
        }
        return [
            MetricFamily(
                "strapline_strap_state", help: "1 for the state that the strap is in; the others have no sample.",
                .gauge(straps.map { MetricSample(1, ["strap": $0.strap, "state": $0.state.rawValue]) })),
            MetricFamily(
                "strapline_heart_rate_bpm", help: "The last heart rate, of a strap that is live.",
                .gauge(samples { $0.beatsPerMinute.map(Double.init) })),
            MetricFamily(
                "strapline_reading_age_seconds", help: "Since the last measurement arrived.",
                .gauge(samples { $0.readingAge.map { Double($0) / 1000 } })),
            MetricFamily(
                "strapline_strap_battery_ratio",
                help: "From 0 to 1, as last reported by the strap, while there is a link.",
                .gauge(samples { $0.contact == nil ? nil : $0.batteryPercent.map { Double($0) / 100 } })),
            MetricFamily(
                "strapline_malformed_packets_total", help: "Packets that were no measurement.",
                .counter(samples { Double($0.malformed) })),
            MetricFamily(
                "strapline_measurements_lost_total", help: "Measurements that the outbox did not take in time.",
                .counter(samples { Double($0.lost) })),
        ]
    }

    private static func destinations(_ lanes: [DestinationReport]) -> [MetricFamily] {
        func samples(_ value: (DestinationReport) -> Double?) -> [MetricSample] {
            lanes.compactMap { lane in
                value(lane).map { MetricSample($0, ["strap": lane.strap, "destination": lane.destination]) }
            }
        }
        return [
            MetricFamily(
                "strapline_destination_state",
                help: "1 for the state that the destination is in; the others have no sample.",
                .gauge(
                    lanes.compactMap { lane in
                        lane.state.map {
                            MetricSample(1, ["strap": lane.strap, "destination": lane.destination, "state": $0])
                        }
                    })),
            MetricFamily(
                "strapline_last_success_age_seconds", help: "Since the destination last took a reading.",
                .gauge(samples { $0.lastSuccessAge.map { Double($0) / 1000 } })),
            MetricFamily(
                "strapline_readings_waiting", help: "Readings that are still to be delivered.",
                .gauge(samples { $0.waiting.map(Double.init) })),
            MetricFamily(
                "strapline_readings_set_aside", help: "Readings that the service refused for good.",
                .gauge(samples { $0.setAside.map(Double.init) })),
            MetricFamily(
                "strapline_readings_too_old_total", help: "Readings that were not sent because of their age.",
                .counter(samples { $0.tooOld.map(Double.init) })),
        ]
    }

    private static func outputs(_ outputs: [OutputReport]) -> [MetricFamily] {
        func samples(_ value: (OutputReport) -> Double?) -> [MetricSample] {
            outputs.compactMap { output in value(output).map { MetricSample($0, ["output": output.output]) } }
        }
        return [
            MetricFamily(
                "strapline_output_state", help: "1 for the state that the output is in; the others have no sample.",
                .gauge(
                    outputs.map {
                        MetricSample(1, ["output": $0.output, "kind": $0.kind, "state": $0.state])
                    })),
            MetricFamily(
                "strapline_output_last_sent_age_seconds", help: "Since the output last sent values.",
                .gauge(samples { $0.lastSentAge.map { Double($0) / 1000 } })),
            MetricFamily(
                "strapline_output_sent_total", help: "Updates that the output has sent.",
                .counter(samples { Double($0.sent) })),
            MetricFamily(
                "strapline_output_failures_total", help: "Attempts of the output that failed.",
                .counter(samples { Double($0.failures) })),
        ]
    }

    private static func sessions(_ uploads: [SessionUploadReport]) -> [MetricFamily] {
        func samples(_ value: (SessionUploadReport) -> Double?) -> [MetricSample] {
            uploads.compactMap { upload in
                value(upload).map { MetricSample($0, ["destination": upload.destination]) }
            }
        }
        // Without uploads of sessions there are no empty families.
        guard !uploads.isEmpty else { return [] }
        return [
            MetricFamily(
                "strapline_session_upload_state",
                help: "1 for the state of the uploads of sessions; the others have no sample.",
                .gauge(
                    uploads.compactMap { upload in
                        upload.state.map { MetricSample(1, ["destination": upload.destination, "state": $0]) }
                    })),
            MetricFamily(
                "strapline_sessions_waiting", help: "Finished sessions that are still to be uploaded.",
                .gauge(samples { Double($0.waiting) })),
            MetricFamily(
                "strapline_sessions_set_aside", help: "Sessions that the service rejected for good.",
                .gauge(samples { Double($0.setAside) })),
            MetricFamily(
                "strapline_session_last_upload_age_seconds", help: "Since the destination last took a session.",
                .gauge(samples { $0.lastSuccessAge.map { Double($0) / 1000 } })),
        ]
    }

    private static func outbox(_ outbox: OutboxReport) -> [MetricFamily] {
        func samples(_ value: (some BinaryInteger)?) -> [MetricSample] { value.map { [MetricSample($0)] } ?? [] }
        return [
            MetricFamily(
                "strapline_readings_received_total", help: "Readings since the outbox was made.",
                .counter(samples(outbox.received))),
            MetricFamily(
                "strapline_readings_dropped_total", help: "Readings that left undelivered because the outbox was full.",
                .counter(samples(outbox.dropped))),
            MetricFamily(
                "strapline_readings_lost_total",
                help: "Readings that were lost undelivered because the outbox could not be written for too long.",
                .counter(samples(outbox.lost))),
            MetricFamily(
                "strapline_outbox_bytes", help: "Room taken by the readings that are kept.",
                .gauge(samples(outbox.usedBytes))),
            MetricFamily(
                "strapline_outbox_writable", help: "1 while the outbox can be written, else 0.",
                .gauge([MetricSample(outbox.cannotWrite == nil ? 1 : 0)])),
            MetricFamily(
                "strapline_outbox_held_readings", help: "Readings in memory only, for the outbox cannot be written.",
                .gauge([MetricSample(outbox.inMemory ?? 0)])),
        ]
    }
}

extension MetricsAnswer {
    static let unknownPath = MetricsAnswer(
        status: .notFound, text: "This address serves /metrics, /healthz, /hr, /hr.json and /hr.html.\n")

    static func metrics(of report: StatusReport, version: String) -> MetricsAnswer {
        MetricsAnswer(
            status: .ok, contentType: MetricsText.contentType,
            text: MetricsText.text(of: UploaderMetrics.families(of: report, version: version)))
    }

    static func health(_ problems: [String]) -> MetricsAnswer {
        problems.isEmpty
            ? MetricsAnswer(status: .ok, text: "ok\n")
            : MetricsAnswer(status: .serviceUnavailable, text: problems.map { $0 + "\n" }.joined())
    }
}
