import CLinux
import Testing

/// What `adjtimex(2)` may answer.
struct KernelAnswer: Sendable, CustomTestStringConvertible {
    let state: Int32
    let status: Int32
    let maxErrorMicroseconds: Int

    init(_ state: Int32, status: Int32, maxErrorMicroseconds: Int = 500) {
        self.state = state
        self.status = status
        self.maxErrorMicroseconds = maxErrorMicroseconds
    }

    var testDescription: String { "state \(state), status \(status), maxerror \(maxErrorMicroseconds)" }

    func give(_ answer: inout timex) -> Int32 {
        answer.status = status
        answer.maxerror = maxErrorMicroseconds
        return state
    }
}
