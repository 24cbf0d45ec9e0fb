import PrometheusMetrics
import TestKit
import Testing

struct MetricsTextTests {
    @Test func families_areWrittenAsTheSpecificationHasThem() {
        var latency = MetricHistogram(upperBounds: [0.005, 0.5, 2])
        for seconds in [0.001, 0.005, 0.25, 2, 70] { latency.observe(seconds) }
        let text = MetricsText.text(of: [
            MetricFamily(
                "http_requests_total", help: "Requests.",
                .counter([MetricSample(1027, ["method": "post", "code": "200"]), MetricSample(3, ["method": "get"])])),
            MetricFamily("room:temperature_celsius", help: "How warm it is.", .gauge([MetricSample(-3.5)])),
            MetricFamily("wait_seconds", help: "Waits.", .histogram([MetricSeries(latency, ["lane": "a"])])),
            MetricFamily("nothing", help: "None.", .gauge([])),
        ])
        #expect(
            text == """
                # HELP http_requests_total Requests.
                # TYPE http_requests_total counter
                http_requests_total{method="post",code="200"} 1027
                http_requests_total{method="get"} 3
                # HELP room:temperature_celsius How warm it is.
                # TYPE room:temperature_celsius gauge
                room:temperature_celsius -3.5
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{lane="a",le="0.005"} 2
                wait_seconds_bucket{lane="a",le="0.5"} 3
                wait_seconds_bucket{lane="a",le="2"} 4
                wait_seconds_bucket{lane="a",le="+Inf"} 5
                wait_seconds_sum{lane="a"} 72.256
                wait_seconds_count{lane="a"} 5
                # HELP nothing None.
                # TYPE nothing gauge

                """)
        #expect(MetricsCheck(text).problems == [])
    }

    @Test(arguments: [
        "", "plain", #"a\b"#, #"say "hi""#, "two\nlines", #"\n"#, "\\\"\n", "Ändern ♥ 日本", "e\u{301}\r\t", "{}=,#",
    ])
    func text_whateverItHolds_isReadAgainAsItWas(text: String) {
        let written = MetricsText.text(of: [
            MetricFamily("value", help: "x" + text, .gauge([MetricSample(1, ["name": text, "second": "2"])]))
        ])
        let check = MetricsCheck(written)
        #expect(check.problems == [])
        #expect(check.value("value", ["name": text, "second": "2"]) == 1)
        #expect(written.unicodeScalars.count { $0 == "\n" } == 3)
    }

    @Test func help_keepsItsQuotationMarks() {
        let text = MetricsText.text(of: [MetricFamily("a", help: #"the "\" of"# + "\nit", .gauge([]))])
        #expect(text == #"# HELP a the "\\" of\nit"# + "\n# TYPE a gauge\n")
    }

    @Test(arguments: [
        (0.0, "0"), (1.0, "1"), (-2.0, "-2"), (0.1, "0.1"), (9_007_199_254_740_991.0, "9007199254740991"),
        (1e300, "1e+300"), (2.5e-300, "2.5e-300"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ])
    func number_isWrittenAsPrometheusReadsIt(value: Double, written: String) {
        let text = MetricsText.text(of: [MetricFamily("a", help: "b", .gauge([MetricSample(value)]))])
        #expect(text.hasSuffix("\na \(written)\n"))
        #expect(MetricsCheck(text).problems == [])
    }

    @Test func histogram_withoutObservations_isWhole() {
        let text = MetricsText.text(of: [
            MetricFamily("a_seconds", help: "b", .histogram([MetricSeries(MetricHistogram(upperBounds: [1]))]))
        ])
        #expect(MetricsCheck(text).problems == [])
        #expect(MetricsCheck(text).value("a_seconds_bucket", ["le": "+Inf"]) == 0)
    }

    /// The check is worth something: it finds mistakes.
    @Test(arguments: [
        "a 1\n", "# TYPE a gauge\na 1\n", "# HELP a b\n# TYPE a gauge\na 1", "# HELP a b\n# TYPE a thing\na 1\n",
        "# HELP a b\n# TYPE a gauge\n1a 1\n", "# HELP a b\n# TYPE a gauge\na{x=1} 1\n",
        "# HELP a b\n# TYPE a gauge\na{x=\"\\t\"} 1\n", "# HELP a b\n# TYPE a gauge\na one\n",
        "# HELP a b\n# TYPE a gauge\na 1\na 2\n", "# HELP a b\n# TYPE a counter\na 1\n",
        "# HELP a_total b\n# TYPE a_total gauge\na_total 1\n", "# HELP a_ms b\n# TYPE a_ms gauge\na_ms 1\n",
        "# HELP a b\n# TYPE a gauge\na 1\n# HELP c d\n# TYPE c gauge\nc 1\na{x=\"y\"} 1\n",
        "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
        "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
        "# HELP a b\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 1\n",
    ])
    func check_findsWhatIsWrong(text: String) {
        #expect(!MetricsCheck(text).problems.isEmpty)
    }
}
