import Console
import Files
import Glibc
import HubAPI
import HubStore

/// The files for the tokens of a roster. Their places are checked before anything changes.
struct RosterFiles {
    private let paths: [String: String]

    /// Makes the folder (0700) if it is missing.
    ///
    /// - Throws: ``CommandError`` if a folder or file cannot be made, and for a file in the place of a new one.
    init(folder: String, entries: [RosterEntry], _ store: HubStore) async throws {
        if access(folder, F_OK) != 0, mkdir(folder, 0o700) != 0 {
            throw CommandError("Cannot make the folder \(folder): \(String(cString: strerror(errno))).", .cannotCreate)
        }
        let base = PrintedCommand.absolute(folder)
        let names = entries.map(\.name)
        let paths = Dictionary(uniqueKeysWithValues: zip(names, Roster.tokenFiles(for: names).map { "\(base)/\($0)" }))
        self.paths = paths
        let served = try await store.roster.usersWithTokens(among: names)
        let new = names.filter { !served.contains($0) }
        if let path = new.compactMap({ paths[$0] }).first(where: { access($0, F_OK) == 0 }) {
            throw CommandError("There is a file \(path) already. Name another folder with --tokens.", .cannotCreate)
        }
        // Proves that a file can be made here; it is removed at once.
        guard let path = new.first.flatMap({ paths[$0] }) else { return }
        do {
            _ = try FileReplacement.begin(path, isSecret: true)
        } catch {
            throw CommandError("\(error)", .cannotCreate)
        }
    }

    func path(of name: String) -> String? { paths[name] }

    /// Writes the new tokens. If that fails, the tokens without a file are revoked, so that the command can be
    /// repeated.
    func write(_ results: [RosterResult], _ store: HubStore) async throws {
        var rest = results.compactMap(\.token)
        while let token = rest.first {
            guard let path = paths[token.user.name] else { break }
            do {
                try TokenFile.write(token.accessToken, to: path)
            } catch {
                try await store.accounts.revokeUnseen(rest.map(\.accessToken))
                throw CommandError(
                    "\(error.description). Tokens without a file were revoked: run the command again.", .cannotCreate)
            }
            rest.removeFirst()
        }
    }
}
