/// The reasons for which Cardiogram refuses beats, in its own words (Cardiogram Connect, "Posting Beats").
package enum Refusal: String, Sendable, Hashable, CaseIterable {
    case malformedInput = "Malformed input."
    case negativeValue = "Heart rates contain negative value."
    case notInSeconds = "Timestamps ('start' or 'end') are not in UNIX seconds"
    case userDoesNotExist = "User does not exist."
    case userDoesNotMatchToken = "userId does not match access token."

    package var httpStatus: Int {
        switch self {
        case .malformedInput, .negativeValue, .notInSeconds, .userDoesNotExist: 400
        case .userDoesNotMatchToken: 403
        }
    }

    /// The `message` of the answer.
    package var message: String { rawValue }
}
