import HTTPTypes

/// Why the consent page cannot do what a person asks it to; told on the page.
enum ConsentRefusal: Error, Sendable, Hashable {
    case unknownCode
    case tooManyGuesses(seconds: Int64)
    case malformedForm
    /// The form was sent by the page of another site.
    case foreignPage
    case tokenMissing
    /// Unknown, expired, or a program's own.
    case tokenUnknown
    case tokenLacks(scopes: [String])
    /// Of a program that has sent a person here.
    case unknownClient
    case unknownRedirect
    case unknownScope
    case unknownResponseType

    var status: HTTPResponse.Status {
        switch self {
        case .unknownCode, .malformedForm, .tokenMissing, .unknownClient, .unknownRedirect, .unknownScope,
            .unknownResponseType:
            .badRequest
        case .tooManyGuesses: .tooManyRequests
        case .foreignPage, .tokenUnknown, .tokenLacks: .forbidden
        }
    }

    /// What happened and what to do next.
    var sentence: String {
        switch self {
        case .unknownCode:
            "Nothing waits under this code. It may have expired or been answered: have the program show a new one, and "
                + "compare the letters."
        case .tooManyGuesses(let seconds):
            "Too many wrong codes or tokens were entered. Enter a token of yours with the code, or try again in \(seconds) "
                + "seconds."
        case .malformedForm: "The form did not arrive as it was. Fill it in again."
        case .foreignPage: "This form was sent from another site, and nothing was done. Enter the code here yourself."
        case .tokenMissing: "Enter a token of yours: it shows that you are the one who may allow this."
        case .tokenUnknown:
            "This token is not valid here. Enter one that the administration has issued to you, as strapline-hub token "
                + "issue prints it."
        case .unknownClient:
            "The program that sent you here is not registered. Its client_id is to be registered with strapline-hub client add."
        case .unknownRedirect:
            "The program wants you back at an address that is not registered for it. See strapline-hub client add --redirect-uri."
        case .unknownScope: "The program wants what there is none of: its scope is not known here."
        case .unknownResponseType: "The program asks in a way that is not known here: response_type must be code."
        case .tokenLacks(let scopes):
            "Your token itself is not good for \(scopes.joined(separator: ", ")), so it cannot allow that. Enter one that is."
        }
    }
}
