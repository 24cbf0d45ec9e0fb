/// The topics of an output, below its prefix.
///
/// | Topic | Content |
/// | --- | --- |
/// | `strapline/NAME/heart_rate`, `reading`, `beat` | the present, not retained |
/// | `strapline/NAME/rmssd`, `sdnn`, `pnn50`, `dfa_alpha1`, `hrv` | its variability, not retained |
/// | `strapline/NAME/status`, `contact`, `battery` | retained |
/// | `strapline/uploader/CLIENT/status` | the link of this uploader to the broker, retained, with the last will |
/// | `strapline/uploader/CLIENT/straps` | the straps that this uploader has announced, retained |
struct MQTTTopics: Sendable, Equatable {
    /// The topics of one strap.
    struct Strap: Sendable, Equatable {
        /// The strap's name in topics.
        let name: String
        fileprivate let base: String

        var heartRate: String { base + "/heart_rate" }
        var rmssd: String { base + "/rmssd" }
        var sdnn: String { base + "/sdnn" }
        var pnn50: String { base + "/pnn50" }
        var dfaAlpha1: String { base + "/dfa_alpha1" }
        /// JSON with all of them.
        var variability: String { base + "/hrv" }
        var reading: String { base + "/reading" }
        var beat: String { base + "/beat" }
        var status: String { base + "/status" }
        var contact: String { base + "/contact" }
        var battery: String { base + "/battery" }

        /// Those that the broker keeps.
        var retained: [String] { [status, contact, battery] }
    }

    let prefix: String
    private let uploader: String

    init(prefix: String, clientID: String) {
        self.prefix = prefix
        uploader = "\(prefix)/uploader/\(Self.cleaned(clientID))"
    }

    /// `online`, and `offline` as the last will. Each uploader has its own: the end of one says nothing about another.
    var link: String { uploader + "/status" }
    var straps: String { uploader + "/straps" }

    /// `name` is a cleaned one.
    func strap(_ name: String) -> Strap { Strap(name: name, base: "\(prefix)/\(name)") }

    /// The id of a strap's device, `strapline_chest`. `name` is a cleaned one.
    func deviceID(of name: String) -> String { "\(Self.cleaned(prefix))_\(name)" }

    /// Where Home Assistant reads the device: `homeassistant/device/strapline_chest/config`.
    func device(of name: String, below discoveryPrefix: String) -> String {
        "\(discoveryPrefix)/device/\(deviceID(of: name))/config"
    }

    /// Replaces everything except letters, digits, `_` and `-` of ASCII, which are what Home Assistant takes.
    static func cleaned(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.map { isPlain($0) ? $0 : "_" }))
    }

    static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return false }
        return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-"
    }

    /// The names in topics of all straps, by the names of the configuration. Names that are the same after the cleaning
    /// get a number of their own, which depends on the name alone; so does a name without any letter or digit.
    static func names(of straps: [String]) -> [String: String] {
        let cleaned = Dictionary(grouping: Set(straps), by: Self.cleaned)
        var names: [String: String] = [:]
        for (name, originals) in cleaned {
            let isEmpty = name.allSatisfy { $0 == "_" || $0 == "-" }
            for original in originals {
                let isPlain = original == name || originals.count == 1
                names[original] = isPlain && !isEmpty ? name : "\(name)_\(number(of: original))"
            }
        }
        return names
    }

    /// FNV-1a in hexadecimal digits.
    private static func number(of text: String) -> String {
        let hash = text.utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        return String(hash, radix: 16)
    }
}
