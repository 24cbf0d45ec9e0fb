import Destinations
import FoundationEssentials

/// `kind: file`: a small text file with the heart rate, for OBS and other programs that read one.
struct TextFileKind: OutputKind {
    let name = "file"
    let title = "Text file"
    let options = TextFileSettings.options

    func summary(of settings: OutputSettings) -> String {
        (try? TextFileSettings(settings.options, runtimeFolder: settings.runtimeFolder)).map {
            "the text file \($0.pathText)"
        } ?? "a text file"
    }

    func furtherMistake(in values: OptionValues, showsSeveral: Bool) -> OptionMistake? {
        do throws(TextFileSettings.Problem) {
            let own = try TextFileSettings(values, runtimeFolder: "/run")
            guard showsSeveral, !own.namesStrap else { return nil }
            return OptionMistake(
                key: TextFileSettings.path,
                message: "`path` names one file for several straps: put {strap} into it, or name one `strap`")
        } catch {
            return OptionMistake(key: error.key, message: error.message)
        }
    }

    func places(of values: OptionValues, straps: [String]) -> [String] {
        guard let own = try? TextFileSettings(values, runtimeFolder: "/run") else { return [] }
        return straps.map { own.path(of: LiveStrap(name: $0, value: .none(.stopped))) }
    }

    func problems(with settings: OutputSettings) -> [String] {
        if let problem = fileProblem(settings) { return [problem] }
        guard let folder = folder(settings), folder != settings.runtimeFolder else { return [] }
        return [TextFileFolder(path: folder).problem].compactMap(\.self)
    }

    func output(_ settings: OutputSettings, _ context: OutputContext) throws -> any Output {
        TextFileOutput(
            settings: try TextFileSettings(settings.options, runtimeFolder: settings.runtimeFolder),
            clock: context.clock)
    }

    func probe(_ settings: OutputSettings, _ context: OutputContext) async -> OutputProbeAnswer {
        guard let folder = folder(settings) else { return .broken("its path cannot be used", remedy: nil) }
        if let problem = fileProblem(settings) ?? TextFileFolder(path: folder).problem {
            return .broken(problem, remedy: nil)
        }
        return .works("the folder \(folder) can be written")
    }

    private func fileProblem(_ settings: OutputSettings) -> String? {
        (try? TextFileSettings(settings.options, runtimeFolder: settings.runtimeFolder)).flatMap {
            TextFileFolder.problem(ofFile: $0.pathText)
        }
    }

    /// Where the files go; nil if a strap's name is a folder of the path, or the path cannot be used.
    private func folder(_ settings: OutputSettings) -> String? {
        guard let own = try? TextFileSettings(settings.options, runtimeFolder: settings.runtimeFolder) else {
            return nil
        }
        let folder = URL(filePath: own.pathText).deletingLastPathComponent().path
        return folder.contains("{") ? nil : folder
    }
}
