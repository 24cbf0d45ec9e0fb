import BlueZ
import HRV
import Outbox
import Outputs
import PrometheusMetrics
import TestKit
import Testing

@testable import Uploader
@testable import UploaderStatus

@Suite struct UploaderMetricsTests {
    private static func report(_ state: StrapState.Phase) -> StatusReport {
        var report = StatusReport(isRunning: true, outbox: OutboxReport(path: "/outbox", received: 7, lost: 0))
        report.straps = [
            StrapReport(
                strap: "an\"na", state: state, stateAge: 0, beatsPerMinute: state == .live ? 72 : nil, readingAge: 1500,
                contact: state == .live ? "detected" : nil, batteryPercent: 80, malformed: 2, lost: 0)
        ]
        report.destinations = [
            DestinationReport(strap: "an\"na", destination: "pulsoid", state: "retrying", waiting: 3)
        ]
        report.outputs = [
            OutputReport(output: "obs", kind: "file", state: "sending", lastSentAge: 500, sent: 9, failures: 1)
        ]
        report.sessionUploads = [
            SessionUploadReport(destination: "folder", service: "folder", state: "retrying", waiting: 2, setAside: 1)
        ]
        if state == .live {
            var beats = BeatWindow()
            for second in 1...70 {
                beats.take(
                    [second.isMultiple(of: 2) ? 1000 : 1048], hasContact: true, atMilliseconds: Int64(second) * 1000)
            }
            report.straps[0].variability = LiveVariabilityReport(LiveVariability(beats, atMilliseconds: 70_000))
        }
        return report
    }

    private func lines(_ report: StatusReport) -> [String] {
        let text = MetricsText.text(of: UploaderMetrics.families(of: report, version: "1.2.3"))
        return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    @Test func metrics_areWellFormed() throws {
        let text = MetricsText.text(of: UploaderMetrics.families(of: Self.report(.live), version: "1.2.3"))
        #expect(MetricsCheck(text).problems.isEmpty)
    }

    @Test func metrics_ofALiveStrap_tellItsRate() {
        let lines = lines(Self.report(.live))
        for line in [
            #"strapline_strap_state{strap="an\"na",state="live"} 1"#, #"strapline_heart_rate_bpm{strap="an\"na"} 72"#,
            #"strapline_reading_age_seconds{strap="an\"na"} 1.5"#,
            #"strapline_strap_battery_ratio{strap="an\"na"} 0.8"#,
            #"strapline_malformed_packets_total{strap="an\"na"} 2"#,
            #"strapline_destination_state{strap="an\"na",destination="pulsoid",state="retrying"} 1"#,
            #"strapline_readings_waiting{strap="an\"na",destination="pulsoid"} 3"#,
            #"strapline_output_state{output="obs",kind="file",state="sending"} 1"#,
            #"strapline_output_last_sent_age_seconds{output="obs"} 0.5"#,
            #"strapline_output_sent_total{output="obs"} 9"#, #"strapline_output_failures_total{output="obs"} 1"#,
            #"strapline_hrv_rmssd_seconds{strap="an\"na",window="60s"} 0.046875"#,
            #"strapline_session_upload_state{destination="folder",state="retrying"} 1"#,
            #"strapline_sessions_waiting{destination="folder"} 2"#,
            "strapline_readings_received_total 7", "strapline_outbox_writable 1",
        ] {
            #expect(lines.contains(line), "\(lines.joined(separator: "\n"))")
        }
    }

    @Test func gauges_ofAStrapThatIsNotLive_vanish() {
        let lines = lines(Self.report(.disconnected))
        #expect(lines.contains(#"strapline_strap_state{strap="an\"na",state="disconnected"} 1"#))
        #expect(!lines.contains { $0.hasPrefix("strapline_heart_rate_bpm") })
        #expect(!lines.contains { $0.hasPrefix("strapline_strap_battery_ratio") })
        #expect(!lines.contains { $0.hasPrefix("strapline_hrv_") })
        #expect(!lines.contains { $0.hasPrefix("strapline_last_success_age_seconds") })
    }
}
