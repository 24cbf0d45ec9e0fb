import Glibc

/// A line at a time to stdout or stderr, at once, so that whoever reads a pipe sees it when it happens.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    func print(_ line: String) { write(line + "\n") }

    func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
