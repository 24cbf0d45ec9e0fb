import Destinations

/// The options of `kind: file`, with their defaults.
struct TextFileSettings {
    static let path = "path"
    static let text = "text"
    static let textWithoutValue = "text_without_value"

    static let options = [
        DestinationOption(path, .text, prompt: "The file, empty for one in memory:"),
        DestinationOption(text, .text),
        DestinationOption(textWithoutValue, .text),
    ]

    private static let standardName = "heart-rate-{strap}.txt"

    /// The path with `{strap}` in it.
    let pathText: String
    private let pathTemplate: TextTemplate
    let template: TextTemplate
    let textWithoutValue: String

    /// The first option that is wrong.
    struct Problem: Error {
        let key: String
        let message: String
    }

    init(_ options: OptionValues, runtimeFolder: String) throws(Problem) {
        pathText = options.text(Self.path) ?? runtimeFolder + "/" + Self.standardName
        guard pathText.hasPrefix("/"), !pathText.hasSuffix("/") else {
            throw Problem(
                key: Self.path, message: "`path` must be a whole path, such as /run/strapline/heart-rate.txt")
        }
        do throws(TextTemplate.Problem) {
            pathTemplate = try TextTemplate(pathText, allowed: [.strap])
        } catch {
            throw Problem(key: Self.path, message: "`path` \(error.description)")
        }
        do throws(TextTemplate.Problem) {
            template = try TextTemplate(options.text(Self.text) ?? "{bpm}")
        } catch {
            throw Problem(key: Self.text, message: "`text` \(error.description)")
        }
        textWithoutValue = options.text(Self.textWithoutValue) ?? ""
    }

    var namesStrap: Bool { pathTemplate.placeholders.contains(.strap) }

    func path(of strap: LiveStrap) -> String { pathTemplate.text(for: strap, Self.fileName) }

    func text(for strap: LiveStrap) -> String {
        strap.reading == nil ? textWithoutValue : template.text(for: strap)
    }

    /// The value as a part of a file's name, different for different values.
    static func fileName(_ value: String) -> String {
        var name = ""
        for scalar in value.unicodeScalars {
            let isHidden = scalar == "." && name.isEmpty
            if isHidden || scalar == "/" || scalar == "%" || scalar.properties.generalCategory == .control {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                name += "%" + (digits.count < 2 ? "0" : "") + digits
            } else {
                name.unicodeScalars.append(scalar)
            }
        }
        return name
    }
}
