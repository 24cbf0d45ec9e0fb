import ArgumentParser
import Console
import Glibc
import HubServer
import HubStore

/// An error that ends a command, with a message on stderr and an exit code of sysexits(3).
struct CommandFailure: Error {
    let message: String
    let exitCode: Int32

    init(_ message: String, exitCode: Int32) {
        self.message = message
        self.exitCode = exitCode
    }

    init(_ error: HubStoreError) {
        message = error.description
        exitCode =
            switch error.code {
            case .cannotOpen, .foreignDatabase, .newerSchema: EX_CANTCREAT
            case .diskFull, .readOnly, .unavailable: EX_IOERR
            case .noRandomness: EX_OSERR
            case .invalidRequest, .notFound, .conflict: EX_USAGE
            }
    }

    /// Runs a command and reports its error.
    static func reporting(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as HubStoreError {
            throw CommandFailure(error).report()
        } catch let error as HubCertificateError {
            throw CommandFailure(error.description, exitCode: EX_NOINPUT).report()
        } catch let error as CommandFailure {
            throw error.report()
        }
    }

    private func report() -> ExitCode {
        StandardStream.error.print("strapline-hub: \(message)")
        return ExitCode(exitCode)
    }
}
