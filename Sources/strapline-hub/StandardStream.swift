import Glibc

/// Whole lines to stdout or stderr, written at once and past all buffers.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    func print(_ line: String) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(rawValue, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
