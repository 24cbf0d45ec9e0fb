package import ArgumentParser
import Console
package import HubServer
package import HubStore

// The exit code of each error that can end a command.

extension HubStoreError: CommandFailure {
    package var exitCode: ExitCode {
        switch code {
        case .cannotOpen, .foreignDatabase, .newerSchema: .cannotCreate
        case .diskFull, .readOnly, .vanished, .unavailable, .unreachable: .inputOutputError
        case .noRandomness: .systemError
        case .invalidRequest, .notFound, .conflict: .validationFailure
        }
    }
}

extension HubCertificateError: CommandFailure {
    package var exitCode: ExitCode { .noInput }
}
