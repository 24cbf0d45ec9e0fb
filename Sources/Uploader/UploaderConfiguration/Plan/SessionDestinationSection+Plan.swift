import Destinations
import SessionUploads
import Tokens
import WebClient

extension SessionDestinationSection {
    /// With every default filled in. Outside the unit of the service, `place` says where its tokens are.
    func planned(among straps: [StrapSection], at place: ServiceLayout?) throws -> UploadPlan.PlannedSessions {
        let address = address ?? kind.kind.standardAddress
        return UploadPlan.PlannedSessions(
            kind: kind,
            settings: SessionDestinationSettings(
                name: destinationName, strap: strapName(among: straps),
                address: try address.map { try ServiceAddress($0) },
                token: tokenSource(at: place), options: options))
    }

    /// At most one of the three is set: see ``SessionDestinationRules``.
    private func tokenSource(at place: ServiceLayout?) -> TokenSource? {
        if let tokenFile { return .file(path: tokenFile) }
        if let tokenEnvironment { return .environment(variable: tokenEnvironment) }
        return tokenCredential.map { .credential(name: $0, file: place?.file(ofCredential: $0)) }
    }
}

extension UploadPlan {
    /// One sentence for each place for sessions that deserves a look.
    package var sessionWarnings: [String] {
        sessions.flatMap { planned -> [String] in
            let settings = planned.settings
            let mixed =
                planned.kind.kind.isAccount && settings.strap == nil && straps.count > 1
                ? "sessions of all straps arrive at \(settings.name) as those of one person. Name its `strap`, unless "
                    + "one person wears them all" : nil
            let open = settings.address?.encryptionWarning(
                hasToken: settings.token != nil || settings.options.text("user") != nil, fix: "Write https://.")
            return [mixed, open].compactMap(\.self).map { "sessions to \(settings.name): \($0)" }
        }
    }
}
