extension BusValue {
    /// Throws if libdbus cannot write this value. Without this check libdbus would abort the process.
    func validate() throws(BusError) {
        var bytes = 0
        try validate(depth: 0, bytes: &bytes)
    }

    /// Adds the approximate size of the value on the wire to `bytes`.
    func validate(depth: Int, bytes: inout Int) throws(BusError) {
        guard depth <= BusLimits.nesting else {
            throw .invalidArgument("more than \(BusLimits.nesting) containers within each other")
        }
        bytes += 8
        switch self {
        case .byte, .boolean, .int16, .uint16, .int32, .uint32, .int64, .uint64, .double:
            break
        case .string(let text):
            guard !text.utf8.contains(0) else { throw .invalidArgument("a string with a zero character") }
            bytes += text.utf8.count
        case .objectPath(let path):
            bytes += path.string.utf8.count
        case .signature(let signature):
            bytes += signature.string.utf8.count
        case .bytes(let array):
            bytes += array.count
        case .array(let element, let elements):
            guard element.isSingle else { throw .invalidArgument("\(element) is not one complete type") }
            for value in elements { try value.validate(as: element, depth: depth, bytes: &bytes) }
        case .dictionary(let key, let value, let entries):
            guard Signature("a{\(key)\(value)}") != nil else {
                throw .invalidArgument("a{\(key)\(value)} is no type of a dictionary")
            }
            for entry in entries {
                try entry.key.validate(as: key, depth: depth, bytes: &bytes)
                try entry.value.validate(as: value, depth: depth, bytes: &bytes)
            }
        case .structure(let fields):
            guard !fields.isEmpty else { throw .invalidArgument("a structure without fields") }
            guard Signature(signature.string) != nil else { throw .invalidArgument("\(signature) is too deep or long") }
            for field in fields { try field.validate(depth: depth + 1, bytes: &bytes) }
        case .variant(let inner):
            guard Signature(inner.signature.string) != nil else {
                throw .invalidArgument("\(inner.signature) is too deep or long")
            }
            try inner.validate(depth: depth + 1, bytes: &bytes)
        }
        guard bytes <= BusLimits.messageBytes else {
            throw .invalidArgument("a message of more than \(BusLimits.messageBytes) bytes")
        }
    }

    private func validate(as expected: Signature, depth: Int, bytes: inout Int) throws(BusError) {
        guard signature == expected else {
            throw .invalidArgument("an element of type \(signature) where all are \(expected)")
        }
        try validate(depth: depth + 1, bytes: &bytes)
    }
}
