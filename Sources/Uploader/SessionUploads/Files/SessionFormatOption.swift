import Destinations
import Recordings

/// The option `format` of places that take any file.
enum SessionFormatOption {
    static let key = "format"
    static let option = DestinationOption(key, .choice(RecordingFormat.allCases.map(\.rawValue)))

    static func format(_ options: OptionValues) -> RecordingFormat {
        options.text(key).flatMap(RecordingFormat.init(rawValue:)) ?? .fit
    }
}
