import ArgumentParser
import Console
import Outbox
import Replay
import UploaderConfiguration
import WebClient

/// Turns what stands in the way of sending into a sentence and an exit code.
enum SendingErrors {
    static func reporting<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as TokenRejectionMonitor.Rejected {
            throw told(error, .notPermitted)
        } catch let error as OutboxError {
            throw told(error, error.exitCode)
        } catch let error as SendingRun.NoFolder {
            throw told(error, .cannotCreate)
        } catch let error as NetworkSection.Problem {
            throw told(error, .wrongConfiguration)
        } catch let error as ServiceAddressError {
            throw ValidationError("\(error)")
        } catch let error as ExtraCertificates.Failure {
            throw ValidationError("\(error)")
        }
    }

    private static func told(_ error: some CustomStringConvertible, _ code: ExitCode) -> ExitCode {
        StandardStream.error.print("strapline: \(error)")
        return code
    }
}
