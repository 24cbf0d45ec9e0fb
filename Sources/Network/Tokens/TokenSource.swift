import Files

/// Where a token is kept. Never the command line, which every user of the machine can read.
///
/// The token is read again for each request. This costs a few system calls, but a replaced file takes effect at once
/// and nothing has to watch it.
package enum TokenSource: Sendable, Hashable {
    /// A file that holds a ``StoredToken`` and nothing else. A byte order mark, quotation marks and `Bearer ` are
    /// ignored.
    case file(path: String)
    /// A variable in the environment. It is read while the program runs but can only be changed by starting it again.
    case environment(variable: String)
    /// A credential that systemd passes on (`LoadCredential=`, systemd.exec(5)): a file in `$CREDENTIALS_DIRECTORY`.
    /// Outside of the unit it is read where systemd takes it from, where that is known and this user may.
    case credential(name: String, file: String? = nil)
    /// The user has just typed it, or a service has just issued it: it is not stored yet.
    case given(AccessToken)

    /// A token has some dozens of characters, one that carries signed claims some hundreds.
    package static let mostBytes = SecretContents.mostBytes

    /// Reads the token. Throws ``TokenError`` where it is missing, unreadable or not a token.
    package func read(
        environment: (String) -> String? = ProcessEnvironment.value(of:)
    ) throws(TokenError) -> AccessToken {
        try stored(environment: environment).access
    }

    /// Reads the token with the values that renew it.
    package func stored(
        environment: (String) -> String? = ProcessEnvironment.value(of:)
    ) throws(TokenError) -> StoredToken {
        let text: String
        switch self {
        case .given(let token): return StoredToken(access: token)
        case .file(let path):
            text = try Self.contents(of: path, for: self)
        case .environment(let variable):
            guard let value = environment(variable) else {
                throw TokenError(self, "is not set", "Set it in the environment of this program and start it again.")
            }
            text = value
        case .credential(let name, let file):
            let path = try Self.credentialPath(name, file, for: self, environment)
            text = try Self.contents(of: path, for: self)
        }
        do throws(PastedToken.Problem) {
            return try StoredToken.read(text)
        } catch {
            throw TokenError(self, error.problem, error.advice)
        }
    }

    /// Why a token that has been renewed could not be kept here, as the end of a sentence; nil when it could.
    ///
    /// A refresh token is good for one time: where the new one cannot be kept, the old one must not be spent.
    package var renewalBlocker: String? {
        switch self {
        case .credential, .environment, .given: return "cannot be changed by this program"
        case .file(let path):
            do throws(FileReplacement.Failure) {
                _ = try FileReplacement.begin(path, isSecret: true)
                return nil
            } catch {
                return "cannot be replaced: \(error.reason)"
            }
        }
    }

    /// A problem with a readable token; nil if there is none.
    ///
    /// A token file that others may read causes a warning only. On a machine with one user there is no harm, and an
    /// error would stop the uploads.
    package var warning: String? {
        guard case .file(let path) = self else { return nil }
        return SecretContents.warning(about: self, at: path)
    }

    private static func credentialPath(
        _ name: String, _ file: String?, for source: TokenSource, _ environment: (String) -> String?
    ) throws(TokenError) -> String {
        guard let directory = environment("CREDENTIALS_DIRECTORY") else {
            if let file { return file }
            throw TokenError(
                source, "was not passed on: $CREDENTIALS_DIRECTORY is not set",
                "Start the program from its systemd unit with LoadCredential=\(name):/path/to/the/token.")
        }
        return directory + "/" + name
    }

    private static func contents(of path: String, for source: TokenSource) throws(TokenError) -> String {
        do throws(SecretContents.Failure) {
            return String(decoding: try SecretContents.read(path), as: UTF8.self)
        } catch {
            switch error {
            case .unreadable(let code): throw TokenError(source, errno: code)
            case .tooLarge:
                throw TokenError(source, "is too large to be a token", "Put the token there, and nothing else.")
            }
        }
    }
}

extension TokenSource {
    /// What to do with a new token, as the end of a sentence.
    package var replacement: String {
        if case .given = self { return "use it instead" }
        return "put it in \(self)"
    }
}

extension TokenSource: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let path): "the token file \(path)"
        case .environment(let variable): "the environment variable \(variable)"
        case .credential(let name, _): "the systemd credential \(name)"
        case .given: "the next login"
        }
    }
}
