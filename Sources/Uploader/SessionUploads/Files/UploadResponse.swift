import FoundationEssentials
import TextFormats
import Timing
import Tokens
import WebClient

/// An answer to an upload. `docs/your-data.md` lists the meaning of each, and the tests try each.
struct UploadResponse {
    let response: WebResponse
    let service: ServiceAddress
    /// Was sent with the request: no message shows it.
    let token: AccessToken?
    /// What to do if the service rejects the key, as a sentence.
    let advice: String

    func outcome(_ time: any TimeSource) -> SessionUploadOutcome {
        let responseClass = response.responseClass(time)
        let reason = message(for: responseClass)
        switch responseClass {
        case .success: return success
        // The same session again: it is there.
        case .refused where response.status == 409 || isDuplicate: return .uploaded(id: remoteID)
        case .refused: return .refused(reason: reason)
        case .notAuthorised, .paymentRequired: return .pause(reason: "\(reason) \(advice)")
        case .wrongAddress: return .pause(reason: reason)
        case .tryLater(let wait): return .tryLater(after: wait, reason: reason)
        case .redirected, .page, .unexpected: return .tryLater(after: nil, reason: reason)
        }
    }

    /// Some services answer 200 to a file that they do not take.
    private var success: SessionUploadOutcome {
        let status = answer?.status?.lowercased()
        guard status == "error" || status == "failed" || answer?.error?.isEmpty == false else {
            return .uploaded(id: remoteID)
        }
        return isDuplicate ? .uploaded(id: remoteID) : .refused(reason: message(for: .refused))
    }

    private var isDuplicate: Bool {
        let words = response.text.lowercased()
        return ["duplicate", "already exists", "already been"].contains(where: words.contains)
    }

    func message(for responseClass: ResponseClass) -> String {
        let message = response.message(for: responseClass, from: service)
        return token?.removed(from: message) ?? message
    }

    private var answer: Answer? { try? JSONDecoder().decode(Answer.self, from: Data(response.body)) }

    private var remoteID: String? {
        (answer?.id ?? answer?.activityID ?? answer?.queueID).map { $0.text.printable() }
    }

    private struct Answer: Decodable {
        var id: Name?
        var activityID: Name?
        var queueID: Name?
        var status: String?
        var error: String?

        enum CodingKeys: String, CodingKey {
            case id, status, error
            case activityID = "activity_id"
            case queueID = "queue_id"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            // A value of another kind is no reason to take the whole answer for none.
            id = try? container.decodeIfPresent(Name.self, forKey: .id)
            activityID = try? container.decodeIfPresent(Name.self, forKey: .activityID)
            queueID = try? container.decodeIfPresent(Name.self, forKey: .queueID)
            status = try? container.decodeIfPresent(String.self, forKey: .status)
            error = try? container.decodeIfPresent(String.self, forKey: .error)
        }
    }

    /// A name or a number.
    private struct Name: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                text = "\(number)"
            } else {
                text = try container.decode(String.self)
            }
        }
    }
}
