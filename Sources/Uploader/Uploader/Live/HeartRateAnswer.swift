import DateFormats
import LocalMetrics
import NIOHTTP1
import Outbox
import Outputs

/// The heart rate of one strap over HTTP, for programs that poll it: digits, JSON, or a page that shows the digits.
enum HeartRateAnswer {
    static let digits = "/hr"
    static let json = "/hr.json"
    static let page = "/hr.html"

    /// Nil for another path.
    static func answer(to request: LocalRequest, _ straps: [LiveStrap]) -> MetricsAnswer? {
        switch request.path {
        case digits: answer(request, straps) { rate, _, _ in MetricsAnswer(status: .ok, text: "\(rate)") }
        case json:
            answer(request, straps) { rate, measuredAt, strap in
                // Without RR intervals there is no member.
                let variability = strap.variability.flatMap { $0.hasIntervals ? LiveVariabilityReport($0).json : nil }
                let member = variability.map { #","hrv":\#($0)"# } ?? ""
                return MetricsAnswer(
                    status: .ok, contentType: "application/json",
                    text: #"{"bpm":\#(rate),"measured_at":"\#(ISO8601.text(milliseconds: measuredAt))"\#(member)}"#)
            }
        case page:
            MetricsAnswer(status: .ok, contentType: "text/html; charset=utf-8", text: HeartRatePage.text)
        default: nil
        }
    }

    /// 204 without a heart rate: never an old one, and never 0.
    private static func answer(
        _ request: LocalRequest, _ straps: [LiveStrap],
        _ content: (_ beatsPerMinute: Int, _ measuredAtMilliseconds: Int64, LiveStrap) -> MetricsAnswer
    ) -> MetricsAnswer {
        let names = straps.map(\.name).joined(separator: ", ")
        guard let name = request.value(of: "strap") ?? (straps.count == 1 ? straps.first?.name : nil) else {
            return MetricsAnswer(status: .badRequest, text: "Name the strap: ?strap=NAME with one of: \(names)\n")
        }
        guard let strap = straps.first(where: { $0.name == name }) else {
            return MetricsAnswer(status: .notFound, text: "No strap has this name. There are: \(names)\n")
        }
        guard let rate = strap.beatsPerMinute, let reading = strap.reading else {
            return MetricsAnswer(status: .noContent, text: "")
        }
        return content(rate, reading.measuredAtMilliseconds, strap)
    }
}

/// A page for a browser source of OBS on the same machine: the digits, and nothing while there is no heart rate.
private enum HeartRatePage {
    static let text = """
        <!doctype html>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy"
          content="default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
        <title>Heart rate</title>
        <style>
        body { margin: 0; background: transparent; color: white; font: bold 96px sans-serif; }
        </style>
        <output id="bpm"></output>
        <script>
        const bpm = document.getElementById("bpm");
        async function show() {
          try {
            const answer = await fetch("hr" + location.search, { signal: AbortSignal.timeout(2000) });
            bpm.textContent = answer.status === 200 ? await answer.text() : "";
          } catch {
            bpm.textContent = "";
          }
          setTimeout(show, 500);
        }
        show();
        </script>

        """
}
