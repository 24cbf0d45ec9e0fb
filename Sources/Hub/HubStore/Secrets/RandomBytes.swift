import CLinux
import Glibc

/// The kernel returned no random bytes, so nothing was issued.
package struct RandomnessError: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String

    package var description: String {
        "The kernel gave no random bytes (getrandom: \(reason)). No token or code was issued, because others "
            + "could guess it. "
            + "Allow getrandom(2) where a sandbox forbids it (SystemCallFilter=, seccomp), then run this again."
    }
}

/// Random bytes of getrandom(2). The call needs no file descriptor and no `/dev`.
package enum RandomBytes {
    /// Fills the beginning of a buffer. Returns the number of bytes, or a negative errno(3).
    package typealias Source = (UnsafeMutableRawBufferPointer) -> Int

    package static func draw(_ count: Int, from source: Source = kernel) throws(RandomnessError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let more = bytes.withUnsafeMutableBytes { source(UnsafeMutableRawBufferPointer(rebasing: $0[filled...])) }
            if more == -Int(EINTR) { continue }
            guard more > 0, more <= count - filled else {
                throw RandomnessError(reason: more < 0 ? String(cString: strerror(Int32(-more))) : "\(more) bytes")
            }
            filled += more
        }
        // A buffer of zeros was never filled. By chance that happens once in 2^256 times.
        guard bytes.contains(where: { $0 != 0 }) else { throw RandomnessError(reason: "zeros only") }
        return bytes
    }

    /// Hexadecimal digits for unique and public IDs: of profiles, rooms and clients.
    package static func hex(bytes count: Int) throws(RandomnessError) -> String {
        try draw(count).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func kernel(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = clinux_getrandom(buffer.baseAddress, buffer.count)
        return count < 0 ? -Int(errno) : count
    }
}
