import HTTPTypes

/// Why a consent page refuses a request; shown on the page.
enum ConsentRefusal: Error, Sendable, Hashable {
    case unknownCode
    case tooManyGuesses(seconds: Int64)
    case malformedForm
    /// The form came from the page of another site.
    case foreignPage
    case tokenMissing
    /// Unknown, expired, or a program's own.
    case tokenUnknown
    case tokenLacks(scopes: [String])
    /// A user's token that may not allow programs.
    case tokenMayNotConsent
    case tooManyGrants(count: Int)
    /// For the authorization page.
    case unknownClient
    case unknownRedirect
    case unknownScope
    case unknownResponseType
    case challengeMethod
    case malformedChallenge

    var status: HTTPResponse.Status {
        switch self {
        case .unknownCode, .malformedForm, .tokenMissing, .unknownClient, .unknownRedirect, .unknownScope,
            .unknownResponseType, .challengeMethod, .malformedChallenge:
            .badRequest
        case .tooManyGuesses: .tooManyRequests
        case .foreignPage, .tokenUnknown, .tokenLacks, .tokenMayNotConsent, .tooManyGrants: .forbidden
        }
    }

    /// What happened and what to do next.
    var sentence: String {
        switch self {
        case .unknownCode:
            "Nothing waits under this code. It may have expired or been answered: have the program show a new one, and "
                + "compare the letters."
        case .tooManyGuesses(let seconds):
            "Too many wrong codes or tokens were entered. Enter a token of yours with the code, or try again in "
                + "\(seconds) "
                + "seconds."
        case .malformedForm: "The form did not arrive as it was. Fill it in again."
        case .foreignPage: "This form was sent from another site, and nothing was done. Enter the code here yourself."
        case .tokenMissing: "Enter a token of yours: it shows that you are the one who may allow this."
        case .tokenUnknown:
            "This token is not valid here. Enter one that the administration has issued to you, as strapline-hub token "
                + "issue prints it."
        case .unknownClient:
            "The program that sent you here is not registered. Its client_id is to be registered with "
                + "strapline-hub client add."
        case .unknownRedirect:
            "The program wants you back at an address that is not registered for it. See strapline-hub client add "
                + "--redirect-uri."
        case .unknownScope: "The program wants what there is none of: its scope is not known here."
        case .unknownResponseType: "The program asks in a way that is not known here: response_type must be code."
        case .challengeMethod:
            "The program asks with a code_challenge_method that is not safe: it must be S256 (RFC 7636). Update "
                + "the program."
        case .malformedChallenge:
            "The program asks with a code_challenge that is not the SHA-256 of a verifier in base64url (RFC 7636)."
        case .tokenMayNotConsent:
            "This token may not allow programs, so nothing was allowed. Enter one that may. The administration "
                + "makes one with "
                + "strapline-hub token issue --may-consent, and the reader's token of strapline-hub init is one; "
                + "no token of an "
                + "earlier version is."
        case .tooManyGrants(let count):
            "You have let this program in \(count) times, which is the limit, so nothing was allowed. Ask the "
                + "administration to "
                + "end one that is not used: strapline-hub token list, then strapline-hub token remove."
        case .tokenLacks(let scopes):
            "Your token itself is not good for \(scopes.joined(separator: ", ")), so it cannot allow that. Enter "
                + "one that is."
        }
    }
}
