import CardiogramAPI
import HTTPTypes
import HubStore
import PulsoidAPI

/// An error that a client gets as an answer.
struct HubHTTPError: Error, Sendable, Hashable {
    let status: HTTPResponse.Status
    /// One of Pulsoid's codes; the status if there is none, because every body has a code.
    let code: String
    let message: String
    /// Header fields that belong to the status.
    var fields: HTTPFields = [:]

    init(_ code: ErrorCode) {
        status = .init(code: code.httpStatus)
        self.code = String(code.rawValue)
        message = code.message
        if status == .unauthorized { fields[.wwwAuthenticate] = "Bearer" }
    }

    init(_ refusal: Refusal) {
        self.init(.init(code: refusal.httpStatus), refusal.message)
    }

    init(_ status: HTTPResponse.Status, _ message: String, fields: HTTPFields = [:]) {
        self.status = status
        code = String(status.code)
        self.message = message
        self.fields = fields
    }

    /// The answer for an error of the database. The details are in the log.
    init(_ error: HubStoreError) {
        switch error.code {
        case .diskFull: self.init(.init(code: 507), "the hub's disk is full")
        case .readOnly:
            self.init(.serviceUnavailable, "the hub's disk cannot be written", fields: [.retryAfter: "5"])
        case .vanished:
            self.init(
                .serviceUnavailable, "the hub's database was moved: the hub must be restarted",
                fields: [.retryAfter: "5"])
        case .unreachable, .cannotOpen:
            self.init(
                .serviceUnavailable, "the hub's database cannot be used now: send it again",
                fields: [.retryAfter: "1"])
        // Errors of the administration's requests.
        case .invalidRequest: self.init(.badRequest, error.description)
        case .notFound: self.init(.notFound, error.description)
        case .conflict: self.init(.conflict, error.description)
        default: self.init(ErrorCode.unexpectedServerError)
        }
    }

    /// Pulsoid's error body, or Cardiogram's for its paths.
    func response(inWordsOfCardiogram isCardiogram: Bool) -> HubResponse {
        isCardiogram
            ? .json(Answer(message: message), status: status, fields: fields)
            : .json(ErrorBody(errorCode: code, errorMessage: message), status: status, fields: fields)
    }
}
