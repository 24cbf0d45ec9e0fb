import Tokens
import WebClient

/// The options of `service: influxdb`, with their defaults.
struct InfluxSettings {
    static let database = "database"
    static let org = "org"
    static let bucket = "bucket"
    static let measurement = "measurement"

    static let standardMeasurement = "heart_rate"
    /// The size that InfluxDB recommends, of some 50 KiB when compressed.
    static let mostReadings = 5000

    static let options = [
        DestinationOption(
            database, .text,
            prompt: "The database (InfluxDB 1, VictoriaMetrics); empty for a bucket of InfluxDB 2 or 3:"),
        DestinationOption(org, .text, prompt: "The organization of the bucket:"),
        DestinationOption(bucket, .text, prompt: "The bucket:"),
        DestinationOption(measurement, .text),
        DestinationOption(HTTPSettings.batchReadings, .integer(1...mostReadings)),
        DestinationOption(HTTPSettings.batchSeconds, .integer(0...3600)),
    ]

    let target: InfluxTarget
    let measurement: String
    let batchReadings: Int
    let linger: Duration

    init(_ options: OptionValues) throws(OptionMistake) {
        target = try InfluxTarget(options)
        measurement = options.text(Self.measurement) ?? Self.standardMeasurement
        batchReadings = options.integer(HTTPSettings.batchReadings) ?? Self.mostReadings
        linger = .seconds(options.integer(HTTPSettings.batchSeconds) ?? 0)
        let isPlain = measurement.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        guard isPlain, let first = measurement.first, first != "#", first != "_" else {
            throw OptionMistake(
                key: Self.measurement,
                message: "`measurement` must be a name that begins with neither # nor _, and has no backslash")
        }
    }
}

/// Where lines are written: a database of the first API, which VictoriaMetrics has too, or a bucket of the second.
enum InfluxTarget: Equatable {
    case database(String)
    case bucket(String, org: String)

    init(_ options: OptionValues) throws(OptionMistake) {
        let values = (
            options.text(InfluxSettings.database), options.text(InfluxSettings.bucket),
            options.text(InfluxSettings.org)
        )
        switch values {
        case (let database?, nil, nil): self = .database(database)
        case (nil, let bucket?, let org?): self = .bucket(bucket, org: org)
        case (.some, _, _):
            throw OptionMistake(
                key: values.1 == nil ? InfluxSettings.org : InfluxSettings.bucket,
                message: "give a `database`, or an `org` and a `bucket`, not both")
        case (nil, .some, nil): throw OptionMistake(key: InfluxSettings.bucket, message: "`bucket` needs an `org`")
        case (nil, nil, .some): throw OptionMistake(key: InfluxSettings.org, message: "`org` needs a `bucket`")
        case (nil, nil, nil):
            throw OptionMistake(
                key: nil,
                message: "InfluxDB needs a `database` (InfluxDB 1, VictoriaMetrics), or an `org` and a `bucket` "
                    + "(InfluxDB 2 and 3)")
        }
        for key in [InfluxSettings.database, InfluxSettings.bucket, InfluxSettings.org] where options.text(key) == "" {
            throw OptionMistake(key: key, message: "`\(key)` is empty")
        }
    }

    /// The call that writes lines with a time in milliseconds.
    var writePath: String {
        switch self {
        case .database(let name): "/write?db=\(ServiceAddress.percentEncoded(name))&precision=ms"
        case .bucket(let name, let org):
            "/api/v2/write?org=\(ServiceAddress.percentEncoded(org))&bucket=\(ServiceAddress.percentEncoded(name))"
                + "&precision=ms"
        }
    }

    /// `database health`
    var description: String {
        switch self {
        case .database(let name): "database \(name)"
        case .bucket(let name, let org): "bucket \(name) of \(org)"
        }
    }

    /// What the file of the token holds.
    var tokenForm: String {
        switch self {
        case .database: "user:password, or the token"
        case .bucket: "the token"
        }
    }
}
