import DateFormats

/// A recording as a Training Center file, for programs that do not read FIT. It has no place for RR intervals.
///
/// Garmin's schema fixes the order of the elements, and requires a distance and calories: 0 if unknown. Each stretch is
/// a track of its own.
/// [TrainingCenterDatabase/v2](http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2)
enum TCX {
    private static let space = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"

    /// Nil without a heart rate.
    static func document(of recording: Recording) -> String? {
        let tracks = recording.seconds.map { seconds in
            seconds.compactMap { second in second.heartRate.map { (seconds: second.seconds, rate: $0) } }
        }.filter { !$0.isEmpty }
        let rates = tracks.flatMap { $0.map { Int($0.rate) } }
        guard let start = tracks.first?.first?.seconds, let highest = rates.max() else { return nil }
        let timer = tracks.reduce(0) { $0 + (($1.last?.seconds ?? 0) - ($1.first?.seconds ?? 0)) }
        let average = (rates.reduce(0, +) + rates.count / 2) / rates.count
        let lap = """
                  <Id>\(time(start))</Id>
                  <Lap StartTime="\(time(start))">
                    <TotalTimeSeconds>\(timer)</TotalTimeSeconds>
                    <DistanceMeters>0</DistanceMeters>
                    <Calories>\(recording.kilocalories ?? 0)</Calories>
                    <AverageHeartRateBpm><Value>\(average)</Value></AverageHeartRateBpm>
                    <MaximumHeartRateBpm><Value>\(highest)</Value></MaximumHeartRateBpm>
                    <Intensity>Active</Intensity>
                    <TriggerMethod>Manual</TriggerMethod>
            \(tracks.map(track).joined())      </Lap>

            """
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <TrainingCenterDatabase xmlns="\(space)" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
              <Activities>
                <Activity Sport="Other">
            \(lap)\(creator(recording))    </Activity>
              </Activities>
            </TrainingCenterDatabase>

            """
    }

    private static func track(_ points: [(seconds: Int64, rate: UInt8)]) -> String {
        let lines = points.map { point in
            "          <Trackpoint><Time>\(time(point.seconds))</Time>"
                + "<HeartRateBpm><Value>\(point.rate)</Value></HeartRateBpm></Trackpoint>\n"
        }
        return "        <Track>\n\(lines.joined())        </Track>\n"
    }

    /// The strap; empty if it did not name itself.
    private static func creator(_ recording: Recording) -> String {
        let parts = [recording.device.manufacturer, recording.device.product]
        let name = escaped(parts.compactMap(\.self).joined(separator: " "))
        guard !name.isEmpty else { return "" }
        return """
                  <Creator xsi:type="Device_t">
                    <Name>\(name)</Name>
                    <UnitId>0</UnitId>
                    <ProductID>0</ProductID>
                    <Version><VersionMajor>0</VersionMajor><VersionMinor>0</VersionMinor></Version>
                  </Creator>

            """
    }

    private static func time(_ seconds: Int64) -> String {
        "\(ISO8601.text(milliseconds: seconds * 1000).dropLast(5))Z"
    }

    /// XML knows no control characters.
    private static func escaped(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 32 && $0.value < 0xFFFE }))
            .replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
