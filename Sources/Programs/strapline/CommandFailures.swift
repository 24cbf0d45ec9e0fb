package import ArgumentParser
package import BlueZ
import Console
package import Files
package import HRV
package import Outbox
package import Pulsoid
package import Replay
package import Sessions
package import Setup
package import Tokens
package import UploaderConfiguration
package import Verification
package import WebClient

// The exit code of each error that can end a command.

extension ConfigurationError: CommandFailure {
    package var exitCode: ExitCode { .wrongConfiguration }
    package var startsWithProgram: Bool { false }
}

extension NoConfiguration: CommandFailure {
    package var exitCode: ExitCode { .wrongConfiguration }
}

extension NetworkSection.Problem: CommandFailure {
    package var exitCode: ExitCode { .wrongConfiguration }
}

extension LoginPlan.Problem: CommandFailure {
    package var exitCode: ExitCode { .wrongConfiguration }
}

extension ServiceAddressError: CommandFailure {
    package var exitCode: ExitCode { .validationFailure }
}

extension ExtraCertificates.Failure: CommandFailure {
    package var exitCode: ExitCode { .validationFailure }
}

extension FileReplacement.Failure: CommandFailure {
    package var exitCode: ExitCode { .cannotCreate }
}

extension HistoryFile.Failure: CommandFailure {
    var exitCode: ExitCode { path == nil ? .inputOutputError : .cannotCreate }
}

extension HistoryReadingError: CommandFailure {
    package var exitCode: ExitCode { line == nil && problem.hasPrefix("cannot") ? .noInput : .dataError }
}

extension RRText.Mistake: CommandFailure {
    package var exitCode: ExitCode { .dataError }
}

extension HRVMeasurement.Problem: CommandFailure {
    package var exitCode: ExitCode { self == .silence ? .unavailable : .validationFailure }
}

extension SendingRun.NoFolder: CommandFailure {
    package var exitCode: ExitCode { .cannotCreate }
}

extension TokenError: CommandFailure {
    package var exitCode: ExitCode { .notPermitted }
}

extension TokenRejectionMonitor.Rejected: CommandFailure {
    package var exitCode: ExitCode { .notPermitted }
}

extension ProfileResolver.Problem: CommandFailure {
    package var exitCode: ExitCode { .notPermitted }
}

extension LoginError: CommandFailure {
    package var exitCode: ExitCode { code == .unavailable ? .unavailable : .notPermitted }
}

extension PulsoidError: CommandFailure {
    package var exitCode: ExitCode {
        switch code {
        case .notAuthorised, .paymentRequired: .notPermitted
        case .unavailable, .unexpectedAnswer: .unavailable
        }
    }
}

extension PairingError: CommandFailure {
    package var message: String { message(StrapAdvice.command) }

    package var exitCode: ExitCode {
        switch self {
        case .machine(.busAccessDenied): .notPermitted
        case .ambiguous: .validationFailure
        case .stopped: .failure
        default: .unavailable
        }
    }
}

extension OutboxError: CommandFailure {
    package var exitCode: ExitCode {
        switch code {
        case .missing: .noInput
        case .notAnOutbox, .newerSchema, .olderSchema, .damaged: .dataError
        case .notPermitted, .notWritable: .notPermitted
        case .inUse: .unavailable
        case .diskFull, .readOnlyDisk, .unsuitableDisk, .folderMissing: .cannotCreate
        case .undeclaredLane, .storageFailed, .vanished, .unreadable: .inputOutputError
        }
    }
}
