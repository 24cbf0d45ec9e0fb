import Glibc

/// Why there is no way to ask, or to be asked; its description says what to do.
package enum StatusSocketError: Error, Equatable {
    /// Longer than the 107 bytes that Linux allows.
    case pathTooLong(String)
    /// Somebody answers there.
    case inUse(String)
    /// Something that is no socket is there.
    case occupied(String)
    /// No uploader is there to answer.
    case nobody(String)
    case denied(String)
    case system(String, path: String)
    case garbled(String)
    case timedOut(String)
}

extension StatusSocketError {
    package var isNobody: Bool {
        if case .nobody = self { true } else { false }
    }

    /// What the system says about the path.
    package init(errno code: Int32, path: String) {
        self =
            switch code {
            case ENOENT, ECONNREFUSED, ENOTDIR: .nobody(path)
            case EACCES, EPERM: .denied(path)
            default: .system(String(cString: strerror(code)), path: path)
            }
    }
}

extension StatusSocketError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .pathTooLong(let path): "\(path) is too long for a socket: give the outbox a shorter path"
        case .inUse(let path): "another uploader runs and answers at \(path): stop one of the two"
        case .occupied(let path): "\(path) is no socket: move it away"
        case .nobody(let path): "no uploader answers at \(path)"
        case .denied(let path):
            "this user may not use \(path): run it as the user of the uploader, or for the service as a member of the "
                + "group bluetooth"
        case .system(let error, let path): "\(path): \(error)"
        case .garbled(let path): "the program at \(path) is no uploader of this version: restart it"
        case .timedOut(let path): "the uploader does not answer at \(path): see its log"
        }
    }
}
