import FoundationEssentials
import TextFormats
import Timing
import WebClient

/// An answer to an upload. `docs/your-data.md` lists the meaning of each, and the tests try each.
struct UploadResponse {
    let response: WebResponse
    let service: ServiceAddress
    /// What to do if the service rejects the key, as a sentence.
    let advice: String
    /// Removes the secrets of the request, which a service may repeat.
    let withoutSecrets: (String) -> String

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

    /// The outcome of a search that failed. The service has said nothing about the session itself.
    func failedSearch(_ time: any TimeSource) -> SessionUploadOutcome {
        let outcome = outcome(time)
        switch outcome {
        case .tryLater, .pause: return outcome
        case .uploaded, .refused: return .tryLater(after: nil, reason: message(for: response.responseClass(time)))
        }
    }

    /// A quota can "already" be used up, too.
    private var isDuplicate: Bool {
        let words = response.text.lowercased()
        return words.contains("duplicate")
            || words.contains(/already (been |is )?(exist|upload|import|add|creat|process|stored|there)/)
    }

    func message(for responseClass: ResponseClass) -> String {
        withoutSecrets(response.message(for: responseClass, from: service))
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
