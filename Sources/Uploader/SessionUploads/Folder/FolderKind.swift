import Destinations
import FoundationEssentials
import Recordings
import Tokens
import WebClient

/// `service: folder`: files in a folder, for Syncthing, Nextcloud and others.
struct FolderKind: SessionDestinationKind {
    static let path = "path"

    let name = "folder"
    let title = "Folder"
    let tokenRule = TokenRule.none
    let options = [
        DestinationOption(path, .text, isRequired: true, prompt: "The folder:"),
        SessionFormatOption.option,
    ]

    func summary(of settings: SessionDestinationSettings) -> String {
        "\(SessionFormatOption.format(settings.options).rawValue) files in \(settings.options.text(Self.path) ?? "")"
    }

    func furtherMistake(in values: OptionValues) -> OptionMistake? {
        guard values.text(Self.path)?.hasPrefix("/") != true else { return nil }
        return OptionMistake(key: Self.path, message: "`path` must be a whole path, such as /srv/sessions")
    }

    func problems(with settings: SessionDestinationSettings) -> [String] {
        problem(settings).map { [$0] } ?? []
    }

    func destination(
        _ settings: SessionDestinationSettings, _ context: DestinationContext
    ) throws -> any SessionDestination {
        FolderDestination(settings)
    }

    func probe(_ settings: SessionDestinationSettings, _ context: DestinationContext) async throws -> ProbeAnswer {
        problem(settings).map { .refused(.wrongSetting, description: $0) } ?? .reachable
    }

    private func problem(_ settings: SessionDestinationSettings) -> String? {
        FolderDestination.problem(with: settings.options.text(Self.path) ?? "")
    }
}
