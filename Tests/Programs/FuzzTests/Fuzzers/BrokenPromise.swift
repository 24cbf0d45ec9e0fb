/// A promise that some bytes break.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Throws ``BrokenPromise`` unless the condition holds.
func hold(_ condition: Bool, _ promise: @autoclosure () -> String) throws(BrokenPromise) {
    if !condition { throw BrokenPromise(promise()) }
}

/// Throws ``BrokenPromise`` unless both are the same.
func hold<Value: Equatable>(_ one: Value, is other: Value, _ promise: String) throws(BrokenPromise) {
    if one != other { throw BrokenPromise("\(promise): \(one) is not \(other)") }
}
